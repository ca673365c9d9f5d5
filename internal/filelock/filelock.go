// Package filelock takes advisory locks between processes with flock(2). Closing the
// file gives the lock back, once every child that inherited it has closed it too. A
// lock's file belongs to its user alone: whoever else could open it could hold it for
// ever.
package filelock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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

// Open opens the file of a lock to read and write, and makes it, and its folder,
// where there is none. The folder becomes Private. Whatever stands in the file's
// place and is no plain file of this user is refused, and hangs nobody.
func Open(path string) (*os.File, error) {
	if err := Private(filepath.Dir(path)); err != nil {
		return nil, err
	}
	// Without O_NONBLOCK a device could keep us waiting.
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, fileMode)
	if err != nil {
		return nil, err
	}
	if err := plain(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// OpenFolder opens a folder to lock it. A link in its place is refused.
func OpenFolder(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
}
