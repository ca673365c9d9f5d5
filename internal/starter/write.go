package starter

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// Write writes the files that are missing below the folder top, each whole or
// not at all. Whatever already exists is kept. It returns the
// paths of both in the order of the files, also with an error.
func Write(top string, files []File) (written, kept []string, err error) {
	root, err := os.OpenRoot(top)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	for _, file := range files {
		err := writeNew(root, file)
		switch {
		case err == nil:
			written = append(written, file.Path)
		case errors.Is(err, fs.ErrExist):
			kept = append(kept, file.Path)
		default:
			return written, kept, fmt.Errorf("%w (hint: make %s writable, and remove links that lead outside)", err, top)
		}
	}
	return written, kept, nil
}

// writeNew writes under another name first and links the whole file to its own,
// which fails with fs.ErrExist when that is taken.
func writeNew(root *os.Root, file File) error {
	if _, err := root.Lstat(file.Path); err == nil {
		return fs.ErrExist
	}
	if err := root.MkdirAll(path.Dir(file.Path), 0o755); err != nil {
		return err
	}
	draft := path.Join(path.Dir(file.Path), "."+path.Base(file.Path)+".tunegate-init")
	if err := root.WriteFile(draft, file.Data, 0o644); err != nil {
		return err
	}
	return errors.Join(root.Link(draft, file.Path), root.Remove(draft))
}
