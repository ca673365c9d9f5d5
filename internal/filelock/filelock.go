// Package filelock takes advisory locks between processes with flock(2). Closing the
// file releases the lock, once every child that inherited it has closed it too. The
// lock file is private to its user: anyone else who could open it could hold it
// forever.
package filelock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// ErrHeld means that the lock is held elsewhere, possibly by another open file of this process.
var ErrHeld = errors.New("the lock is held")

// Try locks an open file or folder without waiting. It returns ErrHeld if the lock is
// held elsewhere.
func Try(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrHeld
	}
	return err
}

// poll is how often Wait tries again.
const poll = 200 * time.Millisecond

// Wait takes the lock as soon as it is free. It returns the context's error if that
// ends first.
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

// Open opens a lock file for reading and writing, and creates it and its folder if
// needed. The folder becomes Private. Anything other than a regular file of this user
// is refused without blocking.
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

// OpenFolder opens a folder to lock it. A symbolic link is refused.
func OpenFolder(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
}
