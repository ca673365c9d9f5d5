package repo

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// ErrConflict says that base and head do not merge.
var ErrConflict = errors.New("the head does not merge into the base")

// MergeTree gives the tree that merging the head into the base would give where
// nothing but the two commits is known, as on a server: no .gitattributes file
// and no merge driver applies. A conflict wraps ErrConflict and names files.
func (r *Repo) MergeTree(ctx context.Context, base, head string) (string, error) {
	baseSHA, err := r.Commit(ctx, base)
	if err != nil {
		return "", err
	}
	headSHA, err := r.Commit(ctx, head)
	if err != nil {
		return "", err
	}
	out, err := r.inScratch("merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", baseSHA, headSHA).output(ctx)
	tree, names, _ := strings.Cut(strings.TrimRight(string(out), "\x00"), "\x00")
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		files := strings.Split(names, "\x00")
		files = files[:min(len(files), 5)]
		for i, file := range files {
			files[i] = strconv.Quote(file)
		}
		return "", fmt.Errorf("%w: %s (hint: rebase the branch onto the base and try again)", ErrConflict, strings.Join(files, ", "))
	}
	if errors.Is(err, errPartial) || errors.Is(err, errShallow) {
		return "", fmt.Errorf("merge of %q into %q: %w", head, base, err)
	}
	if err != nil {
		return "", fmt.Errorf("merge of %q into %q: %w (hint: git 2.38 or newer with the whole history is needed)", head, base, err)
	}
	return tree, nil
}
