package doctor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tunegate/tunegate/internal/check"
)

// clockSlack is how much the clocks of two machines may differ.
const clockSlack = 5 * time.Minute

// released is before any build of this program.
var released = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// clockCheck requires a clock that no run of the home is ahead of: certificates
// depend on it, and so does which run is the latest. A commit has the date of whoever
// wrote it, so one that is ahead is only a hint.
func clockCheck(ctx context.Context, in inspection) check.Check {
	now := in.machine.Clock().UTC()
	newest, what := released, "this program is newer"
	runs, _ := os.ReadDir(filepath.Join(in.machine.Home, "runs")) // none yet
	for _, run := range runs {
		if info, err := run.Info(); err == nil && info.ModTime().After(newest) {
			newest, what = info.ModTime().UTC(), "run "+run.Name()+" is of"
		}
	}
	var committed time.Time
	if in.about.Repo != nil {
		var err error
		if committed, err = in.about.Repo.NewestCommit(ctx); err != nil {
			return check.Failed("clock", err.Error(), "git fsck")
		}
	}
	found := now.Format(time.DateTime) + " UTC"
	fix := "set the clock: `" + asRoot("timedatectl set-ntp true") + "`; if the clock is right, the date of that %s is wrong"
	latest := now.Add(clockSlack)
	switch {
	case newest.After(latest):
		return check.Failed("clock", fmt.Sprintf("%s, but %s %s", found, what, newest.Format(time.DateTime)), fmt.Sprintf(fix, "run"))
	case committed.After(latest):
		return check.Warned("clock", fmt.Sprintf("%s, but the newest commit is dated %s", found, committed.UTC().Format(time.DateTime)),
			fmt.Sprintf(fix, "commit")+", and no action is needed")
	}
	return check.Passed("clock", found)
}
