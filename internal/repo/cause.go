package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/tunegate/tunegate/internal/text"
)

// Incomplete clones, each with the commands that fix it.
var (
	errPartial = errors.New("this clone is partial, and objects that it leaves out are needed (hint: `git fetch --refetch --no-filter origin`; with actions/checkout, leave out `filter` and `sparse-checkout`)")
	errShallow = errors.New("this clone is shallow, and history that it leaves out is needed (hint: `git fetch --unshallow origin`; with actions/checkout, `fetch-depth: 0`)")
)

// lacks matches git's messages about a missing object or common ancestor.
var lacks = regexp.MustCompile(`promisor remote|lazy fetching|(?i:unable to read|could not read|bad object|not a valid object|missing)|unrelated histories`)

// explain returns what the clone lacks, if that made git fail.
func (r *Repo) explain(ctx context.Context, said string) error {
	switch {
	case !lacks.MatchString(said):
		return nil
	case r.partial(ctx):
		return errPartial
	case r.Shallow():
		return errShallow
	}
	return nil
}

// partial reports whether the clone was made with a filter.
func (r *Repo) partial(ctx context.Context) bool {
	found, err := r.inRepo("config", "--get-regexp", `^remote\..*\.promisor$|^extensions\.partialclone$`).line(ctx)
	return err == nil && found != ""
}

// Shallow reports whether the clone's history is truncated.
func (r *Repo) Shallow() bool {
	info, err := os.Stat(filepath.Join(r.scratch, "shallow"))
	return err == nil && info.Size() > 0
}

var (
	anothers = regexp.MustCompile(`dubious ownership in repository at '(.*)'`)
	bareOne  = regexp.MustCompile(`cannot use bare repository '(.*)' \(safe`)
)

// unopened explains why git did not open a folder's repository, by git's message.
func unopened(dir string, err error) error {
	if found := anothers.FindStringSubmatch(err.Error()); found != nil {
		return fmt.Errorf("%s belongs to another user, so git does not read it (hint: if you trust its content, run `git config --global --add safe.directory %s`)",
			found[1], text.ShellWord(found[1]))
	}
	if found := bareOne.FindStringSubmatch(err.Error()); found != nil {
		return fmt.Errorf("%s is a bare repository, and tunegate needs a working tree (hint: `git clone %s CLONE`, and name it with -C CLONE)",
			found[1], text.ShellWord(found[1]))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no folder %s (hint: set -C to the folder of the repository)", dir)
	}
	if strings.Contains(err.Error(), "not a git repository") {
		return fmt.Errorf("%s is not in a git repository: %w (hint: run tunegate in the repository of the data, or name that with -C DIR)", dir, err)
	}
	return fmt.Errorf("%s: git cannot open its repository: %w (hint: run `git -C %s status` for details)", dir, err, text.ShellWord(dir))
}
