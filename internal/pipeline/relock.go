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

// writeLock leaves the lock of the base model in the working tree, whole or not at all,
// where the plan has none. Another one that lies there gives way only to a relock.
func (r *run) writeLock(ctx context.Context, relock bool) error {
	if r.plan.Lock != nil { // the base is as it says, or the set-up had failed
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
		r.machine.Progress.Say("%s says what the base model is: commit it, where it is not committed yet", name)
		return nil
	case err == nil && !relock:
		r.machine.Progress.Say("note: %s of the working tree is not of the base model of %s, and stays as it is (hint: run `tunegate setup --renew-lock` to rewrite it)", name, r.plan.BaseRef)
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := renameio.WriteFile(path, data, 0o644, renameio.WithTempDir(filepath.Dir(path))); err != nil {
		return err
	}
	r.machine.Progress.Say("wrote %s, by which machines without the base model know it: commit it to the default branch", name)
	return nil
}
