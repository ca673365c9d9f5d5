package pipeline

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// writeLock writes the lock of the base model into the working tree, whole or not at all,
// if the plan has none. Only a relock replaces a different one.
func (r *run) writeLock(ctx context.Context, relock bool) error {
	if r.plan.Lock != nil { // it matches the base, or the set-up would have failed
		return nil
	}
	lock, err := r.plan.BaseLock(ctx)
	if err != nil {
		return err
	}
	data, err := lock.Encode()
	if err != nil {
		return err
	}
	name := r.plan.LockPath()
	path := filepath.Join(r.repo.Root(), filepath.FromSlash(name))
	there, err := os.ReadFile(path)
	switch {
	case err == nil && bytes.Equal(there, data):
		r.machine.Progress.Say("%s matches the base model: commit it if it is not committed yet", name)
		return nil
	case err == nil && !relock:
		r.machine.Progress.Say("note: %s in the working tree describes a different base model from that of %s, so it is left unchanged (hint: run `tunegate setup --renew-lock` to rewrite it)", name, r.plan.BaseRef)
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := renameio.WriteFile(path, data, 0o644, renameio.WithTempDir(filepath.Dir(path))); err != nil {
		return err
	}
	r.machine.Progress.Say("wrote %s, which describes the base model to machines without it: commit it to the default branch", name)
	return nil
}
