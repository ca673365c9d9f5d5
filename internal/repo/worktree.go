package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxUntracked bounds an untracked file that WorkingTree takes, in bytes.
const maxUntracked = 64 << 20

// WorkingTree returns the working tree's content as a commit on top of HEAD
// that no ref names: what `git add --all` would stage, which leaves out ignored
// files, and without the files of LeftOut. The same content gives the same id.
func (r *Repo) WorkingTree(ctx context.Context) (string, error) {
	head, err := r.Commit(ctx, "HEAD")
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", fmt.Errorf("%s has no commit yet (hint: commit something first)", r.root)
	}
	if r.leftOut, err = r.oversized(ctx); err != nil {
		return "", fmt.Errorf("the working tree of %s: %w", r.root, err)
	}
	if _, err := r.inScratch("read-tree", head).output(ctx); err != nil {
		return "", fmt.Errorf("the working tree of %s: %w", r.root, err)
	}
	add := r.inRepo("add", "--all", "--pathspec-from-file=-", "--pathspec-file-nul")
	add.env = append(add.env, "GIT_INDEX_FILE="+filepath.Join(r.scratch, "index"))
	add.input = []byte(".")
	for _, name := range r.leftOut {
		add.input = append(add.input, "\x00:(exclude,literal)"+name...)
	}
	if _, err := add.output(ctx); err != nil {
		return "", fmt.Errorf("the working tree of %s: %w", r.root, err)
	}
	tree, err := r.inScratch("write-tree").line(ctx)
	if err != nil {
		return "", err
	}
	commit := r.inScratch("commit-tree", "-p", head, "-m", "working tree", tree)
	commit.env = append(commit.env,
		"GIT_AUTHOR_NAME=tunegate", "GIT_AUTHOR_EMAIL=tunegate@localhost", "GIT_AUTHOR_DATE=2000-01-01T00:00:00Z",
		"GIT_COMMITTER_NAME=tunegate", "GIT_COMMITTER_EMAIL=tunegate@localhost", "GIT_COMMITTER_DATE=2000-01-01T00:00:00Z",
	)
	return commit.line(ctx)
}

// LeftOut names the untracked files above 64 MiB that the last WorkingTree did
// not take, from the top of the repository. Once staged, such a file is taken.
func (r *Repo) LeftOut() []string { return r.leftOut }

func (r *Repo) oversized(ctx context.Context) ([]string, error) {
	out, err := r.inRepo("ls-files", "-z", "--others", "--exclude-standard").output(ctx)
	if err != nil {
		return nil, err
	}
	var large []string
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		info, err := os.Lstat(filepath.Join(r.root, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() && info.Size() > maxUntracked {
			large = append(large, name)
		}
	}
	return large, nil
}
