// Package repo reads a git repository's objects: in go refs of a base and a
// head, out come the tree that a merge would give and the files in any tree.
// Nothing is checked out, and no hook, filter or program of a tree is run.
package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Repo is a repository whose objects can be read.
type Repo struct {
	dir  string
	git  string
	env  []string
	root string
}

// Open finds the git repository that dir lies in. Git runs with exactly the
// environment given.
func Open(ctx context.Context, dir, git string, env []string) (*Repo, error) {
	r := &Repo{dir: dir, git: git, env: append([]string{
		"GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C",
	}, env...)}
	root, err := r.output(ctx, nil, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, fmt.Errorf("%s is in no git repository: %w (hint: run tunegate where the data lives, or name it with -C DIR)", dir, err)
	}
	r.root = strings.TrimRight(string(root), "\n")
	return r, nil
}

// Root is the top folder of the working tree.
func (r *Repo) Root() string { return r.root }

// Commit resolves a ref to the id of its commit.
func (r *Repo) Commit(ctx context.Context, ref string) (string, error) {
	if strings.HasPrefix(ref, "-") {
		return "", fmt.Errorf("%q is no ref", ref)
	}
	out, err := r.output(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if err != nil {
		return "", fmt.Errorf("no commit %q in %s (hint: is it fetched? try `git fetch origin %s`)", ref, r.root, ref)
	}
	return strings.TrimSpace(string(out)), nil
}

// DefaultBranch names the ref that a change is measured against when none is
// given: what origin calls its default branch, else main, else master.
func (r *Repo) DefaultBranch(ctx context.Context) (string, error) {
	if out, err := r.output(ctx, nil, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"); err == nil {
		return strings.TrimSpace(string(out)), nil
	}
	for _, ref := range []string{"main", "master", "origin/main", "origin/master"} {
		if _, err := r.Commit(ctx, ref); err == nil {
			return ref, nil
		}
	}
	return "", fmt.Errorf("%s has no default branch that can be told (hint: name it with --base REF)", r.root)
}

// ErrConflict says that base and head do not merge.
var ErrConflict = errors.New("the head does not merge into the base")

// MergeTree gives the tree that merging the head into the base would give. It
// writes objects and moves no ref. A conflict wraps ErrConflict and names files.
func (r *Repo) MergeTree(ctx context.Context, base, head string) (string, error) {
	out, err := r.output(ctx, nil, "merge-tree", "--write-tree", "--no-messages", "--name-only", base, head)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		files := lines[1:min(len(lines), 6)]
		return "", fmt.Errorf("%w: %s (hint: rebase the branch onto the base and try again)", ErrConflict, strings.Join(files, ", "))
	}
	if err != nil {
		return "", fmt.Errorf("merge of %s into %s: %w (hint: git 2.38 or newer with the whole history is needed)", head, base, err)
	}
	return lines[0], nil
}

func (r *Repo) output(ctx context.Context, input []byte, args ...string) ([]byte, error) {
	return r.outputEnv(ctx, nil, input, args...)
}

func (r *Repo) outputEnv(ctx context.Context, extra []string, input []byte, args ...string) ([]byte, error) {
	args = append([]string{"-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.allow=never"}, args...)
	cmd := exec.CommandContext(ctx, r.git, args...)
	cmd.Dir = r.dir
	cmd.Env = append(append([]string{}, r.env...), extra...)
	cmd.Stdin = bytes.NewReader(input)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		if text := firstLine(complaint.String()); text != "" {
			err = fmt.Errorf("git %s: %s: %w", args[6], text, err)
		}
	}
	return out.Bytes(), err
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimPrefix(line, "fatal: ")
}
