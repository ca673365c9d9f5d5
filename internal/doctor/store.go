package doctor

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/text"
)

// storeChecks read every result that a usable home keeps: runs check only sizes and
// times.
func storeChecks(ctx context.Context, in inspection) []check.Check {
	if homeCheck(ctx, in).Level == check.Fail {
		return nil
	}
	return []check.Check{storeCheck(ctx, in.machine, in.about.Command)}
}

// storeCheck is about one home. The command is this program with its global flags.
func storeCheck(ctx context.Context, m machine.Machine, command string) check.Check {
	history, err := ledger.Load(m.Home)
	if err != nil {
		return check.Failed("store", err.Error(), "correct that file, or restore it from a backup: it lists the results that must be kept")
	}
	entries, err := m.Store().Entries()
	if err != nil {
		return check.Failed("store", err.Error(), anotherHome)
	}
	var damaged []store.Entry
	var found []string
	for i, entry := range entries {
		m.Progress.Update("checking kept results", int64(i), int64(len(entries)), 0, entry.Manifest.Stage+" "+entry.Manifest.Key.Short())
		if ctx.Err() != nil {
			return check.Failed("store", "not fully read: "+ctx.Err().Error(), "run doctor again")
		}
		err := store.Verify(entry)
		if _, gone := os.Lstat(entry.Dir); err != nil && gone == nil {
			damaged, found = append(damaged, entry), append(found, err.Error())
		}
	}
	if damaged != nil {
		return damagedCheck(damaged, strings.Join(found, "\n"), history, command)
	}
	return check.Passed("store", text.Count(len(entries), "kept result")+" intact")
}

// damagedCheck tells how to fix damaged results. What no promotion names is made
// again once it is deleted. Nothing makes a promoted version again, but another one
// may be stable: then runs do not need it.
func damagedCheck(damaged []store.Entry, found string, history ledger.Ledger, command string) check.Check {
	level := check.Warn
	var again, fixes []string
	for _, entry := range damaged {
		e, stable, promoted := promotedBy(history, entry.Manifest)
		if !promoted || stable {
			level = check.Fail
		}
		if !promoted {
			again = append(again, entry.Dir)
			continue
		}
		fix := fmt.Sprintf("restore %s from a backup: it belongs to %s, which was promoted", text.ShellWord(entry.Dir), e.Tag)
		if stable {
			fix += fmt.Sprintf("; or make another version stable, with `%s rollback` or `%s promote`", command, command)
		}
		fixes = append(fixes, fix)
	}
	if again != nil {
		fixes = append([]string{"rm -r " + quoteAll(again)}, fixes...)
		if len(fixes) > 1 {
			fixes[0] = "`" + fixes[0] + "`"
		}
	}
	return check.Check{Name: "store", Level: level, Found: found, Fix: strings.Join(fixes, "; ")}
}

// promotedBy finds the promoted version that a result is kept for, and reports
// whether it is stable; stable versions come first.
func promotedBy(history ledger.Ledger, result store.Manifest) (e ledger.Entry, stable, promoted bool) {
	for _, candidate := range history.Promoted() {
		if result.Stage == string(step.Export) && result.Key == candidate.Export || result.Stage == string(step.Register) && result.Key == candidate.Register {
			now, _ := history.Stable(candidate.Name)
			if e, promoted = candidate, true; candidate.Version == now.Version {
				return e, true, true
			}
		}
	}
	return e, false, promoted
}
