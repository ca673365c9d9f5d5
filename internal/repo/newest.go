package repo

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// NewestCommit is the latest commit time among the tips of all branches, those
// of remotes too; the zero time if there is none.
func (r *Repo) NewestCommit(ctx context.Context) (time.Time, error) {
	out, err := r.inRepo("for-each-ref", "--sort=-committerdate", "--count=1",
		"--format=%(committerdate:unix)", "refs/heads", "refs/remotes").line(ctx)
	if err != nil || out == "" {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(out, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: cannot parse the commit time that git reports, %q", r.root, out)
	}
	return time.Unix(seconds, 0), nil
}
