package repo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// WorkingTree writes what the working tree holds now, untracked files included
// and ignored ones not, as a commit on top of HEAD that no ref names. The index
// and the repository's refs stay as they are.
func (r *Repo) WorkingTree(ctx context.Context) (string, error) {
	scratch, err := os.MkdirTemp("", "tunegate-index-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(scratch)
	index := []string{"GIT_INDEX_FILE=" + filepath.Join(scratch, "index")}
	if _, err := r.outputEnv(ctx, index, nil, "read-tree", "HEAD"); err != nil {
		return "", fmt.Errorf("the working tree of %s: %w (hint: commit something first)", r.root, err)
	}
	if _, err := r.outputEnv(ctx, index, nil, "-C", r.root, "add", "--all", "."); err != nil {
		return "", fmt.Errorf("the working tree of %s: %w", r.root, err)
	}
	tree, err := r.outputEnv(ctx, index, nil, "write-tree")
	if err != nil {
		return "", err
	}
	author := []string{
		"GIT_AUTHOR_NAME=tunegate", "GIT_AUTHOR_EMAIL=tunegate@localhost", "GIT_AUTHOR_DATE=2000-01-01T00:00:00Z",
		"GIT_COMMITTER_NAME=tunegate", "GIT_COMMITTER_EMAIL=tunegate@localhost", "GIT_COMMITTER_DATE=2000-01-01T00:00:00Z",
	}
	commit, err := r.outputEnv(ctx, author, nil, "commit-tree", "-p", "HEAD", "-m", "working tree", strings.TrimSpace(string(tree)))
	return strings.TrimSpace(string(commit)), err
}
