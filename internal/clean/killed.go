package clean

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/text"
)

// Killed is what AfterKill did.
type Killed struct {
	Ended []proc.Leftover `json:"ended,omitempty"` // processes that were found and ended
	Stay  []proc.Leftover `json:"stay,omitempty"`  // those that could not be ended
	Busy  bool            `json:"busy"`            // another tunegate is running in this home, so its files were left alone
}

// AfterKill removes what a killed tunegate left on this machine: its
// processes, if its guards were killed too, and partial results in its home and
// among temporary files. It waits for nobody, and leaves what a running tunegate
// has or needs, and what belongs to other users, homes and runners. What it did is
// also logged.
func AfterKill(ctx context.Context, m machine.Machine) (Killed, error) {
	var killed Killed
	if _, err := os.Stat(m.Home); errors.Is(err, fs.ErrNotExist) {
		return killed, nil
	}
	found, left, err := m.Launcher.Mark.End(ctx)
	if err != nil {
		return killed, err
	}
	killed.Ended = slices.DeleteFunc(found, func(p proc.Leftover) bool { return slices.Contains(left, p) })
	killed.Stay = left
	if len(killed.Ended) > 0 {
		m.Progress.Say("ended processes that a killed tunegate left: %s", named(killed.Ended))
	}
	if len(left) > 0 {
		m.Progress.Say("note: could not end processes that a killed tunegate left: %s", named(left))
	}
	m.NoWait = true
	_, release, err := runs.Lock(ctx, m, "hook")
	if killed.Busy = errors.Is(err, machine.ErrBusy); killed.Busy {
		return killed, nil
	}
	if err == nil {
		release()
	}
	return killed, err
}

// most processes that are listed.
const most = 5

func named(all []proc.Leftover) string {
	var names []string
	for _, p := range all[:min(len(all), most)] {
		names = append(names, fmt.Sprintf("%s (process %d)", text.Shown(p.Name, 32), p.PID))
	}
	if more := len(all) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}
