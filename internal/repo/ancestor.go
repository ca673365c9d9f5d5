package repo

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
)

// Contains reports whether a branch's history holds a commit. Both are refs.
func (r *Repo) Contains(ctx context.Context, branch, commit string) (bool, error) {
	tip, err := r.Commit(ctx, branch)
	if err != nil {
		return false, err
	}
	id, err := r.Commit(ctx, commit)
	if err != nil {
		return false, err
	}
	_, err = r.inScratch("merge-base", "--is-ancestor", id, tip).output(ctx)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("is %q in %q: %w", commit, branch, err)
	}
	return true, nil
}
