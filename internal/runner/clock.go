package runner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/repo"
)

// clockSlack is how far the clocks of two machines may differ.
const clockSlack = 5 * time.Minute

// released is before any build of this program.
var released = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// clockCheck wants a clock that no run of the home is ahead of: certificates
// depend on it, and which run is the latest. A commit has the date of whoever
// wrote it, so one that is ahead is no more than a hint.
func clockCheck(ctx context.Context, m machine.Machine, r *repo.Repo) Check {
	now := m.Clock().UTC()
	newest, what := released, "this program is newer"
	runs, _ := os.ReadDir(filepath.Join(m.Home, "runs")) // none yet
	for _, run := range runs {
		if info, err := run.Info(); err == nil && info.ModTime().After(newest) {
			newest, what = info.ModTime().UTC(), "run "+run.Name()+" is of"
		}
	}
	var committed time.Time
	if r != nil {
		var err error
		if committed, err = r.NewestCommit(ctx); err != nil {
			return judge("clock", false, err.Error(), "git fsck")
		}
	}
	found := now.Format(time.DateTime) + " UTC"
	mend := "set the clock: `" + asRoot("timedatectl set-ntp true") + "`; where the clock is right, the date of that %s is wrong"
	latest := now.Add(clockSlack)
	switch {
	case newest.After(latest):
		return judge("clock", false, fmt.Sprintf("%s, but %s %s", found, what, newest.Format(time.DateTime)), fmt.Sprintf(mend, "run"))
	case committed.After(latest):
		return Check{
			Name: "clock", Level: Warn, Found: fmt.Sprintf("%s, but the newest commit is of %s", found, committed.UTC().Format(time.DateTime)),
			Mend: fmt.Sprintf(mend, "commit") + ", and nothing has to be done",
		}
	}
	return judge("clock", true, found, "")
}
