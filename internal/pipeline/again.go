package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/train"
)

// ErrNoModel says that no model of a commit's data is kept that could be judged
// again.
var ErrNoModel = errors.New("no model is kept")

// PlanAgain is the plan of judging once more what was made of a commit, the head,
// that the base branch holds: by the policy of the base tip, about the records
// and the recipe of the commit itself. Its errors are ErrInput, or ErrNoModel,
// unless the context ended.
func PlanAgain(ctx context.Context, r *repo.Repo, configPath string, refs Refs) (*Plan, error) {
	p, err := planAgain(ctx, r, configPath, refs)
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrNoModel) {
		return nil, inputError{err}
	}
	return p, err
}

func planAgain(ctx context.Context, r *repo.Repo, configPath string, refs Refs) (*Plan, error) {
	if refs.Base == "" {
		var err error
		if refs.Base, err = r.DefaultBranch(ctx); err != nil {
			return nil, err
		}
	}
	merged, err := r.Contains(ctx, refs.Base, refs.Head)
	if err != nil {
		return nil, err
	}
	if !merged {
		return nil, fmt.Errorf("%s does not contain the commit %.100q, and only what was merged is promoted (hint: merge it first; in a workflow, fetch the whole history: `fetch-depth: 0`)", repo.ShortName(refs.Base), refs.Head)
	}
	made, err := NewPlan(ctx, r, configPath, Refs{Base: refs.Head, Head: refs.Head})
	if err != nil {
		return nil, fmt.Errorf("at %.100q: %w", refs.Head, err)
	}
	p, err := NewPlan(ctx, r, configPath, refs)
	if err != nil {
		return nil, err
	}
	if !reflect.DeepEqual(p.Config.Serve, made.Config.Serve) || p.Template != made.Template || p.Config.Export != made.Config.Export {
		p.Notes = append(p.Notes, fmt.Sprintf("`serve` or `export` of the config changed since: the model is served as %s says, the baseline as %s does", p.HeadRef, p.BaseRef))
	}
	p.Head, p.Lineage = made.Head, made.Lineage
	p.Config.Train, p.Config.Dataset = made.Config.Train, made.Config.Dataset
	if !maps.Equal(p.baseIdentity(), made.baseIdentity()) {
		return nil, p.noModel("`base` of its config is another than that of " + p.BaseRef)
	}
	return p, nil
}

// noModel says that the plan's head has no model, why, and how to get one.
func (p *Plan) noModel(why string) error {
	return fmt.Errorf("%w of the data at %.100q (lineage %.8s): %s (hint: have the retrain workflow, retrain.yml, train what the branch holds, or run `tunegate run --base %s --head %[5]s` here; then promote that)",
		ErrNoModel, p.HeadRef, p.Lineage, why, p.HeadSHA)
}

// Again judges the model that an earlier run made of the plan's head once more:
// the same bytes, against the baseline of today. Nothing is trained and no
// candidate is exported. The prefix narrows the earlier run down to one; empty:
// the newest. Without such a run it is ErrNoModel.
func Again(ctx context.Context, m Machine, r *repo.Repo, plan *Plan, o Options, prefix string) (Result, error) {
	m, release, err := m.lockAll(ctx, fmt.Sprintf("a promotion of %s", plan.HeadRef))
	if err != nil {
		return Result{}, m.refused(ctx, r, o, plan, err)
	}
	defer release()
	earlier, made, err := m.madeOf(plan, prefix)
	if err != nil {
		return Result{}, err
	}
	run, err := newRun(m, r, o, plan)
	if err != nil {
		return Result{}, m.refused(ctx, r, o, plan, err)
	}
	run.record.Again = true
	run.machine.Progress.Say("the model of run %s is judged again, against the baseline of today", earlier.ID)
	result, err := run.whole(ctx, func(ctx context.Context) (Result, error) { return run.again(ctx, earlier, made) })
	return result, errors.Join(err, run.events.Close())
}

// madeOf finds the newest run that made a model of the plan's name and lineage
// for its server, whose bytes are kept.
func (m Machine) madeOf(p *Plan, prefix string) (Record, Made, error) {
	records, err := Runs(m.Home)
	if err != nil {
		return Record{}, Made{}, err
	}
	host := ""
	if !private(p.Config) {
		client, err := ollama.Dial(p.Config.Runner.Ollama)
		if err != nil {
			return Record{}, Made{}, err
		}
		host = client.Base()
	}
	var why string // of the newest that can not be taken
	for _, record := range slices.Backward(records) {
		name, _, _ := strings.Cut(record.Candidate, ":")
		if record.Lineage != p.Lineage || name != p.Config.Name || !strings.HasPrefix(record.ID, prefix) {
			continue
		}
		made, err := m.Made(record)
		switch {
		case err == nil && made.Host == host:
			return record, made, nil
		case err == nil:
			err = errors.New("for another server than the config's `runner.ollama`")
		}
		why = cmp.Or(why, fmt.Sprintf("run %s made one, but %v", record.ID, err))
	}
	return Record{}, Made{}, p.noModel(cmp.Or(why, "no run here made one"))
}

// again is the part of a run that judges a model which is there already.
func (r *run) again(ctx context.Context, earlier Record, made Made) (Result, error) {
	about, err := r.takeUp(earlier)
	if err != nil {
		return Result{}, err
	}
	base, err := r.baseModel(ctx)
	if err != nil {
		return Result{}, err
	}
	baseline, err := r.exportBase(ctx, base)
	if err != nil {
		return Result{}, err
	}
	rendering, err := r.render(ctx, base)
	if err != nil {
		return Result{}, err
	}
	before, err := r.baseline(ctx, baseline, rendering)
	if err != nil {
		return Result{}, err
	}
	after := register.Registered{ModelID: made.ModelID, Tag: made.Candidate.Tag, GGUF: made.Candidate.Digest}
	if err := r.restore(ctx, after, made.Export, made.Register); err != nil {
		return Result{}, err
	}
	return r.compare(ctx, before, after, about)
}

// takeUp makes the stages of an earlier run this one's, as far as the store
// still has them, and tells the report about them.
func (r *run) takeUp(earlier Record) (about report.Report, err error) {
	for _, stage := range []Stage{Dataset, Train, Export, Register} {
		key := earlier.key(stage)
		entry, err := r.store.Get(string(stage), key)
		if err != nil {
			continue
		}
		r.use(string(stage), key)
		r.step(stage, key, Reused, entry.Manifest.Seconds)
		if err := r.link(stage, entry); err != nil {
			return about, err
		}
		switch stage {
		case Dataset:
			var data dataset.Result
			err = entry.Decode(&data)
			about.Dataset = rowsOf(data.Stats)
		case Train:
			var trained train.Result
			if err = entry.Decode(&trained); err == nil {
				err = r.trained(&about, entry, trained)
			}
		case Export:
			var proof export.Proof
			err = entry.Decode(&proof)
			about.Export = exportOf(proof)
		}
		if err != nil {
			return about, err
		}
	}
	return about, nil
}
