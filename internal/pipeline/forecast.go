package pipeline

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/train"
)

// Forecast says what a run would do, take and see. It takes no lock and writes
// nothing but rows that are not kept yet, which go with the repository's
// temporary folder.
func Forecast(ctx context.Context, m Machine, r *repo.Repo, o Options) (report.Forecast, error) {
	plan, err := NewPlan(ctx, r, o.ConfigPath, o.Refs)
	if err != nil {
		return report.Forecast{}, err
	}
	return forecast(ctx, m, r, plan, o, m.device(ctx))
}

// forecaster looks ahead, stage by stage. What a stage needs of an earlier one
// is there only where that one's result is kept.
type forecaster struct {
	machine Machine
	plan    *Plan
	options Options
	store   *store.Store
	past    past
	device  string
	made    report.Forecast
}

func forecast(ctx context.Context, m Machine, r *repo.Repo, plan *Plan, o Options, device string) (report.Forecast, error) {
	f := &forecaster{machine: m, plan: plan, options: o, store: m.store(), device: device, made: report.Forecast{
		BaseRef: plan.BaseRef, BaseSHA: plan.BaseSHA, HeadRef: plan.HeadRef, HeadSHA: plan.HeadSHA,
		Notes: slices.Clone(plan.Notes), Stages: []report.PlannedStage{}, Sights: []gate.Sight{},
	}}
	f.made.Memory.GPU = strings.HasPrefix(f.device, "cuda")
	var err error
	if f.past, err = readPast(m, r.Root(), plan.Config.Name, f.device); err != nil {
		return report.Forecast{}, err
	}
	rows, err := f.rows(ctx, r)
	if err != nil {
		return report.Forecast{}, err
	}
	if f.made.Ends == "" && o.Until != Dataset {
		if err := f.stages(ctx, rows); err != nil {
			return report.Forecast{}, err
		}
	}
	if plan.Gated {
		f.sights()
	}
	f.made.Seconds = inAll(f.made.Stages)
	return f.made, nil
}

// inAll is the time of the stages together; nil where one's is not known.
func inAll(stages []report.PlannedStage) *float64 {
	var sum float64
	for _, stage := range stages {
		if stage.State == report.Kept {
			continue
		}
		if stage.Seconds == nil {
			return nil
		}
		sum += *stage.Seconds
	}
	return &sum
}

// kept gives a result that the run would reuse. Stage is as in work.
func kept[V any](f *forecaster, stage Stage, at place) (store.Entry, V, bool) {
	var value V
	if stage != "" && stage == f.options.Force {
		return store.Entry{}, value, false
	}
	entry, err := f.store.Get(at.kind, at.key)
	return entry, value, err == nil && entry.Decode(&value) == nil
}

// add puts a stage on the list. Seconds holds for one that is not kept.
func (f *forecaster) add(stage Stage, is string, seconds *float64, from, detail string) {
	made := report.PlannedStage{Name: string(stage), State: is, Detail: detail}
	if is != report.Kept {
		made.Seconds, made.From = seconds, from
	}
	f.made.Stages = append(f.made.Stages, made)
}

// rows are what would be trained on.
type rows struct {
	dataset.Stats
	digests map[string]string // by file name
	text    int               // characters of the lines to train on
}

// rows takes the rows from the store, or builds them: that is quick, and tells
// exactly what comes after.
func (f *forecaster) rows(ctx context.Context, r *repo.Repo) (rows, error) {
	entry, result, found := kept[dataset.Result](f, Dataset, f.plan.datasetPlace())
	dir, state, began := entry.Dir, report.Kept, f.machine.Clock()
	if !found {
		var err error
		if dir, err = r.TempDir(); err != nil {
			return rows{}, err
		}
		if result, err = f.plan.buildRows(ctx, dir); err != nil {
			return rows{}, err
		}
		state = report.ToDo
	}
	made := rows{Stats: result.Stats, digests: map[string]string{}}
	var err error
	for _, name := range rowFiles() {
		if made.digests[name], err = store.FileDigest(filepath.Join(dir, name)); err != nil {
			return rows{}, err
		}
	}
	if made.text, err = characters(filepath.Join(dir, "train.jsonl")); err != nil {
		return rows{}, err
	}
	if !found {
		size, err := store.Size(dir)
		if err != nil {
			return rows{}, err
		}
		f.made.DiskBytes += size
	}
	took := f.machine.Clock().Sub(began).Seconds()
	f.add(Dataset, state, &took, "", counted(result.Stats))
	f.made.Rows = report.PlannedRows{
		Records: result.Stats.Records, Train: result.Stats.Train, Validation: result.Stats.Validation,
		Lines: result.Stats.TrainLines, NewErrors: result.Stats.NewErrors,
	}
	f.made.Ends, err = f.ends(result)
	return made, err
}

// ends says why the run would train nothing; empty: it would.
func (f *forecaster) ends(data dataset.Result) (string, error) {
	unchanged, err := f.machine.unchanged(f.plan)
	if err != nil {
		return "", err
	}
	over := (&run{plan: f.plan, options: f.options}).overLimit(data)
	switch {
	case data.Blocked:
		return fmt.Sprintf("the data has %s, so the verdict would be fail (hint: `tunegate dataset` names what is wrong)", times(data.Stats.NewErrors, "new error")), nil
	case over != nil && !unchanged:
		return over.Message, nil
	case !f.plan.Gated:
		return f.plan.BaseRef + " has no config yet, so this one is checked alone", nil
	case unchanged && f.plan.Retrains:
		return "data, base model and recipe are those of the stable model", nil
	case unchanged:
		return "data, base model and recipe are those of " + f.plan.BaseRef, nil
	default:
		return "", nil
	}
}

// stages looks at all that comes after the rows.
func (f *forecaster) stages(ctx context.Context, rows rows) error {
	base, err := f.base(ctx)
	if err != nil {
		return err
	}
	adapter, trained := f.train(base, rows)
	if f.options.Until == Train {
		return nil
	}
	candidate := f.export(base, adapter, trained)
	if f.options.Until == Export {
		return nil
	}
	f.tools(ctx)
	asked, err := f.register(base, candidate)
	if err != nil || f.options.Until == Register {
		return err
	}
	return f.eval(ctx, base, asked)
}

// train looks at the training. The adapter is there where it is kept.
func (f *forecaster) train(base plannedBase, rows rows) (adapter store.Entry, found bool) {
	options := f.plan.Config.Train
	schedule := options.Schedule(rows.TrainLines)
	planned := report.PlannedTraining{Steps: schedule.Steps}
	if len(f.plan.Sanity) > 0 {
		planned.SanitySteps = schedule.Sanity
	}
	f.made.Training = &planned
	at := f.plan.trainPlace(base.identity, f.device, rows.digests)
	if base.identity != "" {
		var result train.Result
		if adapter, result, found = kept[train.Result](f, Train, at); found {
			planned.Tokens = result.Tokens
			f.add(Train, report.Kept, nil, "", fmt.Sprintf("%d steps, %d tokens", result.Steps, result.Tokens))
			return adapter, true
		}
	}
	earlier := f.past.trainings(base.identity, options.Quantization)
	planned.CharactersPerToken, planned.From = charactersPerToken(base, earlier)
	passes := float64(schedule.Steps) / float64(schedule.PerEpoch)
	planned.Tokens = int(float64(rows.text) * passes / planned.CharactersPerToken)
	done := f.trainedSteps(at)
	seconds, from := trainingTime(earlier, float64(planned.Tokens)*float64(schedule.Steps-min(done, schedule.Steps))/float64(schedule.Steps))
	state, detail := report.ToDo, fmt.Sprintf("%d steps of %d rows, about %d tokens (%.1f characters each, %s)", schedule.Steps,
		options.MicroBatchSize*options.GradientAccumulationSteps, planned.Tokens, planned.CharactersPerToken, planned.From)
	if done > 0 {
		state, detail = report.Part, fmt.Sprintf("%s; done already: %d", detail, done)
	}
	f.add(Train, state, seconds, from, detail)
	f.made.Memory.TrainBytes, f.made.Memory.From = trainingMemory(base, options.Quantization, earlier)
	f.made.DiskBytes += trainingDisk(base, options.LoRA.R, earlier)
	return store.Entry{}, false
}

// sights says what the suites can see.
func (f *forecaster) sights() {
	noise, verdicts := f.past.noise()
	f.made.NoiseFrom = fmt.Sprintf("assumed: %.0f %% of the cases flip for no reason", 100*gate.DefaultNoise)
	if verdicts > 0 {
		f.made.NoiseFrom = fmt.Sprintf("with the noise of %s here, where there is none %.0f %%", times(verdicts, "earlier verdict"), 100*gate.DefaultNoise)
	}
	f.made.Sights = append(f.made.Sights, gate.Foresee(f.plan.Config.Gate, f.plan.Suites, noise)...)
}

// times counts in words.
func times(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
