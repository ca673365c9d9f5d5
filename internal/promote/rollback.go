package promote

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/runs"
)

// Rollback makes an earlier version stable again: the one before the stable one
// for an empty version. Without one it is ErrUsage. Naming the stable version
// changes nothing but what a server has lost.
func Rollback(ctx context.Context, m machine.Machine, c config.Config, version string) (Result, error) {
	m, release, err := runs.Lock(ctx, m, strings.TrimSpace("rollback "+version))
	if err != nil {
		return Result{}, err
	}
	defer release()
	promotions, err := ledger.Load(m.Home)
	if err != nil {
		return Result{}, err
	}
	stable, promoted := promotions.Stable(c.Name)
	if !promoted {
		return Result{}, refuse(ErrUsage, "no version of %s is promoted, so there is nothing to roll back (hint: `tunegate promote v1`)", c.Name)
	}
	back, err := goal(promotions, stable, version)
	if err != nil {
		return Result{}, err
	}
	back.Action = ledger.Rollback
	back.Servers = servers(c.Runner.Ollama, c.Promote.To)
	move := &move{machine: m, promotions: promotions, entry: back, bytes: sync.OnceValues(func() (runs.Artifact, error) {
		return kept(m, back)
	})}
	for _, server := range stable.Servers {
		if !slices.Contains(back.Servers, server) {
			move.notes = append(move.notes, fmt.Sprintf("%s is left unchanged: the config no longer names it", server))
		}
	}
	return move.run(ctx)
}

// goal is the target version of a rollback.
func goal(promotions ledger.Ledger, stable ledger.Entry, version string) (ledger.Entry, error) {
	if version == "" {
		back, found := promotions.Previous(stable.Name)
		if !found && slices.ContainsFunc(promotions.Versions(stable.Name), func(e ledger.Entry) bool { return promotions.Removed(stable.Name, e.Version) }) {
			return back, refuse(ErrUsage, "the version before %s of %s was removed under `promote.keep` (hint: promote another version, or let the app use %[2]s-base)", stable.Version, stable.Name)
		}
		if !found {
			return back, refuse(ErrUsage, "%s is the first version of %s (hint: promote another version, or let the app use %s-base)", stable.Version, stable.Name, stable.Name)
		}
		return back, nil
	}
	if version == stable.Version {
		return stable, nil
	}
	if back, found := promotions.Earlier(stable.Name, version); found {
		return back, nil
	}
	var known []string
	for _, e := range promotions.Versions(stable.Name) {
		if promotions.Removed(stable.Name, e.Version) {
			if e.Version == version {
				return e, refuse(ErrUsage, "%s was removed under `promote.keep` (hint: run `tunegate promote %s --run %s` to make it stable again, if its model is still kept)",
					version, nextVersion(promotions.Versions(stable.Name), version), e.Run)
			}
			continue
		}
		if e.Version == version {
			return e, refuse(ErrUsage, "%s does not precede the stable %s: it was rolled back (hint: run `tunegate promote %s --run %s` to make it stable again)", version, stable.Version, version, e.Run)
		}
		known = append(known, e.Version)
	}
	return ledger.Entry{}, refuse(ErrUsage, "no version %.60q of %s was promoted (hint: choose one of %.300s)", version, stable.Name, strings.Join(known, ", "))
}

// kept are the bytes of a promoted version.
func kept(m machine.Machine, e ledger.Entry) (runs.Artifact, error) {
	made, err := runs.Kept(m, e.Export, e.Register)
	if err == nil {
		err = proved(made, e.ModelID)
	}
	if err != nil {
		return runs.Artifact{}, fmt.Errorf("%s cannot be restored there: %w (hint: `tunegate list` shows the other versions)", e.Tag, err)
	}
	return made, nil
}
