package repo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"

	"github.com/tunegate/tunegate/internal/text"
)

// Bounds on the conflicts that an error names.
const (
	maxConflicts     = 5
	maxConflictName  = 200      // characters
	maxConflictNames = 16 << 10 // bytes of all that are read
)

// ErrConflict is the error if base and head do not merge.
var ErrConflict = errors.New("the head does not merge into the base")

// MergeTree returns the tree that merging the head into the base would give where
// only the two commits are known, as on a server: no .gitattributes file
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
	var beginning []byte
	err = r.inScratch("merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", baseSHA, headSHA).run(ctx, func(out *bufio.Reader) (err error) {
		if beginning, err = io.ReadAll(io.LimitReader(out, maxConflictNames)); err == nil {
			_, err = io.Copy(io.Discard, out)
		}
		return err
	})
	tree, names, _ := strings.Cut(strings.TrimRight(string(beginning), "\x00"), "\x00")
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		files := strings.SplitN(names, "\x00", maxConflicts+1)
		for i, file := range files {
			files[i] = text.Begin(strconv.Quote(file), maxConflictName)
		}
		if len(files) > maxConflicts {
			files[maxConflicts] = "and more"
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
