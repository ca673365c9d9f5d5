package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/tunegate/tunegate/internal/filelock"
)

// scratchPrefix starts the name of every scratch repository's folder.
const scratchPrefix = "tunegate-git-"

// newScratch creates a folder in tmp (empty: the system's folder for temporary
// files) and locks it. The lock ends with the process, however that ends, and
// so tells Sweep which folders are still needed.
func newScratch(tmp string) (dir string, lock *os.File, err error) {
	for {
		dir, err := os.MkdirTemp(tmp, scratchPrefix)
		if err != nil {
			return "", nil, err
		}
		lock, err := lockFolder(dir)
		if err != nil {
			return "", nil, errors.Join(err, os.Remove(dir))
		}
		if lock != nil {
			return dir, lock, nil
		}
		// A Sweep came between the two steps and removes the new folder.
	}
}

// lockFolder returns the folder opened and locked; nil if another process has
// the lock or the folder is gone.
func lockFolder(dir string) (*os.File, error) {
	file, err := filelock.OpenFolder(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := filelock.Try(file); err != nil {
		file.Close()
		if errors.Is(err, filelock.ErrHeld) {
			return nil, nil
		}
		return nil, fmt.Errorf("%s cannot be locked: %w (hint: set TMPDIR to a folder on a local disk)", dir, err)
	}
	held, err := file.Stat()
	if err == nil {
		var there fs.FileInfo
		if there, err = os.Lstat(dir); err == nil && os.SameFile(held, there) {
			return file, nil
		}
	}
	file.Close()
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return nil, err
}

// Sweep removes the scratch repositories in tmp that killed processes of this
// user left, and returns their paths.
func Sweep(tmp string) (removed []string, err error) {
	entries, err := os.ReadDir(tmp)
	if err != nil {
		return nil, err
	}
	var failed []error
	for _, entry := range entries {
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), scratchPrefix) {
			continue
		}
		info, err := entry.Info()
		if err != nil || info.Sys().(*syscall.Stat_t).Uid != uint32(os.Getuid()) {
			continue // gone, or another user's
		}
		dir := filepath.Join(tmp, entry.Name())
		lock, err := lockFolder(dir)
		if err != nil {
			failed = append(failed, err)
		}
		if lock == nil {
			continue
		}
		if err := os.RemoveAll(dir); err != nil {
			failed = append(failed, err)
		} else {
			removed = append(removed, dir)
		}
		lock.Close()
	}
	return removed, errors.Join(failed...)
}
