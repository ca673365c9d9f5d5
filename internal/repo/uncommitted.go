package repo

import (
	"context"
	"path"
	"slices"
	"strings"
)

// Uncommitted lists the files that match one of the patterns (see Tree.Match) and differ in
// the working tree from HEAD, or are not in HEAD at all; ignored ones are left
// out. They are sorted, slash-separated, and named from the top of the repository.
func (r *Repo) Uncommitted(ctx context.Context, patterns ...string) ([]string, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	args := []string{"status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all", "--"}
	for _, pattern := range patterns {
		args = append(args, ":(top,glob)"+path.Clean(pattern))
	}
	status := r.inRepo(args...)
	status.env = append(status.env, "GIT_OPTIONAL_LOCKS=0") // so the index is not refreshed
	out, err := status.output(ctx)
	if err != nil {
		return nil, err
	}
	var found []string
	for entry := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if len(entry) > len("XY ") {
			found = append(found, entry[len("XY "):])
		}
	}
	slices.Sort(found)
	return found, nil
}
