// Package repo reads a git repository's objects: the files of any tree, and the tree
// of merging a head into a base. Nothing is checked out, nothing is
// written into the repository, and no hook or program of a tree is run: new objects go
// into a temporary repository that Close removes. A merge depends on the two commits
// alone. Reading the working tree is what `git add` does, so there the user's own git
// config applies, and a filter that it defines runs.
package repo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	commitID = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
	pullRef  = regexp.MustCompile(`^refs/(?:remotes/)?(pull/[0-9]+/(?:head|merge))$`)
)

// Repo is a repository whose objects can be read.
type Repo struct {
	git     string
	env     []string
	root    string
	scratch string // a bare repository that borrows the user's objects
	lock    *os.File
	leftOut []string
}

// Open finds the git repository that contains dir. Git runs with exactly the
// environment given. Close the Repo to remove its temporary folder.
func Open(ctx context.Context, dir, git string, env []string) (*Repo, error) {
	r := &Repo{git: git, env: append([]string{
		"GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_REPLACE_OBJECTS=1", "LC_ALL=C",
		// Nothing is fetched. Older gits do not know the first; no config is stronger than the second.
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none",
	}, env...)}
	found, err := call{git: git, dir: dir, env: r.env, args: []string{
		"rev-parse", "--path-format=absolute", "--show-toplevel",
		"--git-path", "objects", "--git-path", "shallow", "--show-object-format",
	}}.line(ctx)
	if err != nil {
		return nil, unopened(dir, err)
	}
	paths := strings.Split(found, "\n")
	if len(paths) != 4 {
		return nil, fmt.Errorf("%q: cannot parse the folders that git reports, %q (hint: use a path without a line break)", dir, found)
	}
	r.root = paths[0]
	if r.scratch, r.lock, err = newScratch(""); err != nil {
		return nil, err
	}
	if err := r.borrow(ctx, paths[1], paths[2], paths[3]); err != nil {
		_ = r.Close()
		return nil, fmt.Errorf("a scratch repository beside %s: %w", r.root, err)
	}
	return r, nil
}

// borrow makes the scratch repository, on top of the objects and the shallow
// boundary of the user's.
func (r *Repo) borrow(ctx context.Context, objects, shallow, format string) error {
	if _, err := r.inScratch("init", "--quiet", "--bare", "--template=", "--object-format="+format).output(ctx); err != nil {
		return err
	}
	if err := os.Symlink(shallow, filepath.Join(r.scratch, "shallow")); err != nil {
		return err
	}
	info := filepath.Join(r.scratch, "objects", "info")
	if err := os.MkdirAll(info, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(info, "alternates"), []byte(objects+"\n"), 0o600)
}

// Close removes what MergeTree and WorkingTree wrote. Nothing can be read
// afterwards.
func (r *Repo) Close() error {
	defer r.lock.Close()
	return os.RemoveAll(r.scratch)
}

// Root is the top folder of the working tree.
func (r *Repo) Root() string { return r.root }

// IsCommitID reports whether a ref is a full commit ID and not a name.
func IsCommitID(ref string) bool { return commitID.MatchString(ref) }

// Commit resolves a ref to the id of its commit.
func (r *Repo) Commit(ctx context.Context, ref string) (string, error) {
	if strings.HasPrefix(ref, "-") {
		return "", fmt.Errorf("%q is not a ref", ref)
	}
	id, err := r.inRepo("rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}").line(ctx)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		if r.Shallow() {
			return "", fmt.Errorf("no commit %q in %s: %w", ref, r.root, errShallow)
		}
		from := "origin"
		if IsCommitID(ref) { // such as a fork's, which is on no branch of origin
			from += " " + ref
		} else if pull := pullRef.FindStringSubmatch(ref); pull != nil { // clones do not fetch GitHub's by default
			from += " +refs/" + pull[1] + ":" + ref
		}
		return "", fmt.Errorf("no commit %q in %s (hint: fetch it with `git fetch %s`)", ref, r.root, from)
	}
	return id, nil
}

// ErrNoCommit is the error of a new repository.
var ErrNoCommit = errors.New("nothing is committed")

// OrDefault returns the ref, or if it is empty the default branch, see DefaultBranch.
func (r *Repo) OrDefault(ctx context.Context, ref string) (string, error) {
	if ref != "" {
		return ref, nil
	}
	return r.DefaultBranch(ctx)
}

// DefaultBranch is the full name of the ref that a change is compared with
// if none is given: origin's default branch, else main, else
// master. A short name could be a tag's, which anybody may have pushed.
func (r *Repo) DefaultBranch(ctx context.Context) (string, error) {
	if ref, err := r.inRepo("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD").line(ctx); err == nil {
		if _, err := r.Commit(ctx, ref); err != nil && ctx.Err() == nil {
			return "", fmt.Errorf("%s: origin's default branch was %s, which is gone: it was renamed or deleted (hint: `git fetch origin && git remote set-head origin --auto`)",
				r.root, strings.TrimPrefix(ref, "refs/remotes/origin/"))
		}
		return ref, nil
	}
	for _, ref := range []string{"refs/heads/main", "refs/heads/master", "refs/remotes/origin/main", "refs/remotes/origin/master"} {
		if _, err := r.Commit(ctx, ref); err == nil {
			return ref, nil
		}
	}
	if _, err := r.Commit(ctx, "HEAD"); err != nil && ctx.Err() == nil {
		return "", fmt.Errorf("%w in %s yet (hint: `git add -A && git commit`)", ErrNoCommit, r.root)
	}
	if r.Shallow() && ctx.Err() == nil { // actions/checkout fetches no branch by default
		return "", fmt.Errorf("%s has no default branch that git can tell: %w", r.root, errShallow)
	}
	return "", fmt.Errorf("%s has no default branch that git can tell (hint: name it with --base REF)", r.root)
}

// ShortName is a full ref's short form: main, origin/main.
func ShortName(ref string) string {
	for _, prefix := range []string{"refs/heads/", "refs/remotes/"} {
		if short, found := strings.CutPrefix(ref, prefix); found {
			return short
		}
	}
	return ref
}
