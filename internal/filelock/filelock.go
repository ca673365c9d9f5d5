// Package filelock takes advisory locks between processes: in goes a file or a
// folder, out comes it opened with a flock (flock(2)) on it, which closing it
// gives back, here and in every child that inherited it.
package filelock

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// ErrHeld says that another holder has the lock, which may be the same process by another opening.
var ErrHeld = errors.New("the lock is held")

// Try takes the lock on an open file or folder without waiting. It is ErrHeld
// where another process has it.
func Try(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrHeld
	}
	return err
}

// poll is how often Wait looks again.
const poll = 200 * time.Millisecond

// Wait takes the lock as Try does, as soon as no other process has it. The error is
// the context's where that ends first.
func Wait(ctx context.Context, file *os.File) error {
	for {
		if err := Try(file); !errors.Is(err, ErrHeld) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(poll):
		}
	}
}

// Open opens the file of a lock to read only, so that another user's can be
// waited for too, and makes it where there is none. A link in its place is
// refused. One that is there is opened without O_CREATE, which Linux refuses for
// another user's file in a shared temporary folder (protected_regular in
// proc_sys_fs(5)).
func Open(path string) (*os.File, error) {
	for {
		file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
		file, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDONLY, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue // another command was faster
		}
		if err != nil {
			return nil, err
		}
		if err := file.Chmod(0o644); err != nil { // the umask may hide it from other users
			return nil, errors.Join(err, file.Close())
		}
		return file, nil
	}
}

// OpenFolder opens a folder to lock it. A link in its place is refused.
func OpenFolder(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
}
