package runner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/repo"
)

// clockSlack is how far the clocks of two machines may differ.
const clockSlack = 5 * time.Minute

// released is before any build of this program.
var released = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// clockCheck wants a clock that no run of the home and no commit is ahead of:
// certificates depend on it, and which run is the latest.
func clockCheck(ctx context.Context, m pipeline.Machine, r *repo.Repo) Check {
	now := m.Clock().UTC()
	newest, what := released, "this program is newer"
	see := func(at time.Time, found string) {
		if at.After(newest) {
			newest, what = at.UTC(), found
		}
	}
	runs, _ := os.ReadDir(filepath.Join(m.Home, "runs")) // none yet
	for _, run := range runs {
		if info, err := run.Info(); err == nil {
			see(info.ModTime(), "run "+run.Name()+" is of")
		}
	}
	if r != nil {
		at, err := r.NewestCommit(ctx)
		if err != nil {
			return judge("clock", false, err.Error(), "git fsck")
		}
		see(at, "the newest commit is of")
	}
	found := now.Format(time.DateTime) + " UTC"
	if now.Add(clockSlack).After(newest) {
		return judge("clock", true, found, "")
	}
	return judge("clock", false, fmt.Sprintf("%s, but %s %s", found, what, newest.Format(time.DateTime)),
		"set the clock: `"+asRoot("timedatectl set-ntp true")+"`; where the clock is right, the date of that commit or run is wrong")
}
