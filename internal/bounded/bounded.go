// Package bounded reads untrusted files whole, up to a limit.
package bounded

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// ErrTooLarge is the error for a file above the limit.
var ErrTooLarge = errors.New("too large")

// ReadFile reads a regular file of at most that many bytes. Anything else, such as a
// pipe, is an error and never blocks.
func ReadFile(path string, most int64) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	data, err := read(file, most)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// ReadFS is ReadFile for a file system. Its errors about a file's kind or size do not name it.
func ReadFS(files fs.FS, name string, most int64) ([]byte, error) {
	info, err := fs.Stat(files, name) // opening a file may read it, or block
	if err == nil {
		err = check(info, most)
	}
	if err != nil {
		return nil, err
	}
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	return read(file, most)
}

func read(file fs.File, most int64) ([]byte, error) {
	defer file.Close()
	info, err := file.Stat()
	if err == nil {
		err = check(info, most)
	}
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(data)) > most { // it grew
		err = tooLarge(int64(len(data)), most)
	}
	return data, err
}

func check(info fs.FileInfo, most int64) error {
	switch {
	case !info.Mode().IsRegular():
		return errors.New("not a regular file")
	case info.Size() > most:
		return tooLarge(info.Size(), most)
	}
	return nil
}

func tooLarge(size, most int64) error {
	return fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, size, most)
}
