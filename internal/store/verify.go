package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Verify reads a result completely: each file must exist and have the size and sha256
// in the manifest. Get, which every stage uses, checks only sizes and times.
func Verify(e Entry) error {
	if e.Manifest.Schema != Schema {
		return fmt.Errorf("%s: cannot read its %s (hint: remove the folder; the next run recreates it)", e.Dir, manifestName)
	}
	var damage []error
	for _, file := range e.Manifest.Files {
		if err := file.verify(e.Dir); err != nil {
			damage = append(damage, err)
		}
	}
	if len(damage) > 0 {
		return fmt.Errorf("%w (hint: remove %s; the next run recreates it)", errors.Join(damage...), e.Dir)
	}
	return nil
}

func (f File) verify(dir string) error {
	path := filepath.Join(dir, filepath.FromSlash(f.Path))
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() != f.Size {
		return fmt.Errorf("%s: %d bytes, %d in the manifest", path, info.Size(), f.Size)
	}
	digest, err := FileDigest(path)
	if err == nil && digest != f.SHA256 {
		err = fmt.Errorf("%s: content changed (sha256 %.12s, %.12s in the manifest)", path, digest, f.SHA256)
	}
	return err
}
