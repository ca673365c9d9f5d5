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

// What a clone can lack, each with the commands that fix it.
var (
	errPartial = errors.New("this clone is partial, and what it leaves out is needed (hint: `git fetch --refetch --no-filter origin`; with actions/checkout, leave out `filter` and `sparse-checkout`)")
	errShallow = errors.New("this clone is shallow, and what it leaves out is needed (hint: `git fetch --unshallow origin`; with actions/checkout, `fetch-depth: 0`)")
)

// lacks is how git says that an object is not there, or a common ancestor.
var lacks = regexp.MustCompile(`promisor remote|lazy fetching|(?i:unable to read|could not read|bad object|not a valid object|missing)|unrelated histories`)

// explain gives what the clone lacks, if that is why git failed.
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

// partial says whether the clone was made with a filter.
func (r *Repo) partial(ctx context.Context) bool {
	found, err := r.inRepo("config", "--get-regexp", `^remote\..*\.promisor$|^extensions\.partialclone$`).line(ctx)
	return err == nil && found != ""
}

// Shallow says whether the clone's history is cut.
func (r *Repo) Shallow() bool {
	info, err := os.Stat(filepath.Join(r.scratch, "shallow"))
	return err == nil && info.Size() > 0
}

var (
	anothers = regexp.MustCompile(`dubious ownership in repository at '(.*)'`)
	bareOne  = regexp.MustCompile(`cannot use bare repository '(.*)' \(safe`)
)

// unopened says why git did not open what a folder lies in, by git's own words.
func unopened(dir string, err error) error {
	if found := anothers.FindStringSubmatch(err.Error()); found != nil {
		return fmt.Errorf("%s belongs to another user, so git does not read it (hint: if you trust what is in it, `git config --global --add safe.directory %s`)",
			found[1], text.ShellWord(found[1]))
	}
	if found := bareOne.FindStringSubmatch(err.Error()); found != nil {
		return fmt.Errorf("%s is a bare repository, and tunegate needs a working tree (hint: `git clone %s CLONE`, and name it with -C CLONE)",
			found[1], text.ShellWord(found[1]))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no folder %s (hint: -C names the one of the repository)", dir)
	}
	if strings.Contains(err.Error(), "not a git repository") {
		return fmt.Errorf("%s is in no git repository: %w (hint: run tunegate where the data lives, or name it with -C DIR)", dir, err)
	}
	return fmt.Errorf("%s: git does not open its repository: %w (hint: `git -C %s status` says more)", dir, err, text.ShellWord(dir))
}
