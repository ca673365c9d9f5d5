package promote

import (
	"context"
	"errors"

	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/repo"
)

// Release promotes the model that was made of a merged commit, the head of the
// judged options: the one with the commit's lineage, whatever the commits were
// that it was trained for. Its bytes are judged again, against the stable model of
// today, and that run is returned too, also if its verdict is against
// them. An existing version of this lineage is finished if it is not on
// all servers, and the data of the stable version stays stable under one more
// version: there is nothing to judge. Without a model of the commit it is
// ErrVerdict.
func Release(ctx context.Context, m machine.Machine, r *repo.Repo, judged pipeline.Options, o Options) (Result, pipeline.Result, error) {
	plan, err := plan.Again(ctx, r, judged.ConfigPath, judged.Refs)
	if err != nil {
		return Result{}, pipeline.Result{}, noModel(err)
	}
	if err := checkVersion(plan.Config.Name, o.Version); err != nil {
		return Result{}, pipeline.Result{}, err
	}
	promotions, err := ledger.Load(m.Home)
	if err != nil {
		return Result{}, pipeline.Result{}, err
	}
	known, err := o.promoted(promotions, plan)
	if err != nil {
		return Result{}, pipeline.Result{}, err
	}
	var again pipeline.Result
	if known == "" {
		if again, err = pipeline.Again(ctx, m, r, plan, judged, o.Run); err != nil {
			return Result{}, again, noModel(err)
		}
		known = again.Record.ID
	}
	result, err := Promote(ctx, m, plan.Config, Options{Version: o.Version, Run: known})
	return result, again, err
}

// promoted is the run whose verdict made the plan's lineage a version: this one,
// or the stable one where no run is named. It is empty if the model is to be
// judged first.
func (o Options) promoted(promotions ledger.Ledger, plan *plan.Plan) (run string, err error) {
	name := plan.Config.Name
	versions := promotions.Versions(name)
	for _, known := range versions {
		switch {
		case known.Version != o.Version:
			continue
		case known.Lineage != plan.Lineage:
			return "", refuse(ErrUsage, "%s is already promoted, with different data from that at %s (hint: `tunegate promote %s --head %s`)", o.Version, plan.HeadCommit(), nextVersion(versions, o.Version), plan.HeadSHA)
		}
		return known.Run, nil
	}
	if stable, promoted := promotions.Stable(name); promoted && stable.Lineage == plan.Lineage && o.Run == "" {
		return stable.Run, nil
	}
	return "", nil
}

// noModel turns the lack of a model into a verdict against the promotion.
func noModel(err error) error {
	if errors.Is(err, plan.ErrNoModel) {
		return refuse(ErrVerdict, "%w", err)
	}
	return err
}
