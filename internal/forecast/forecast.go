// Package forecast predicts a run without doing it: which stages are reused, how long the
// others take, and the minimum detectable effects.
package forecast

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/steps"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/text"
)

// Options of the run to forecast.
type Options struct {
	ConfigPath string     // slash separated, from the top of the repository
	Until      step.Stage // empty: all
	Force      step.Stage // rerun even if the store has it; empty: none
}

// DryRun forecasts a run. It takes no lock, and writes only rows that the store lacks,
// into the repository's temporary folder.
func DryRun(ctx context.Context, m machine.Machine, r *repo.Repo, refs plan.Refs, o Options) (report.Forecast, error) {
	p, err := plan.New(ctx, r, o.ConfigPath, refs)
	if err != nil {
		return report.Forecast{}, err
	}
	return inspect(ctx, steps.Judge(m, p, steps.Options{Force: o.Force, Until: o.Until}), o.ConfigPath, r.Root(), r.TempDir)
}

// Of forecasts the steps of a run whose rows are built; root is the repository's top
// folder.
func Of(ctx context.Context, s *steps.List, root, configPath string) (report.Forecast, error) {
	return inspect(ctx, s, configPath, root, nil)
}

// forecaster builds a forecast stage by stage.
type forecaster struct {
	steps   *steps.List
	machine machine.Machine
	plan    *plan.Plan
	options steps.Options
	config  string // its path, from the top of the repository
	store   *store.Store
	past    past
	device  string
	made    report.Forecast
}

func inspect(ctx context.Context, s *steps.List, configPath, root string, tempDir func() (string, error)) (report.Forecast, error) {
	m, p := s.Machine(), s.Plan()
	device, err := s.Device(ctx)
	if err != nil {
		return report.Forecast{}, err
	}
	f := &forecaster{steps: s, machine: m, plan: p, options: s.Options(), config: configPath, store: m.Store(), device: device.String(), made: report.Forecast{
		BaseRef: p.BaseRef, BaseSHA: p.BaseSHA, HeadRef: p.HeadRef, HeadSHA: p.HeadSHA,
		Notes: slices.Clone(p.Notes), Stages: []report.PlannedStage{}, Effects: []gate.DetectableEffect{},
	}}
	f.made.Memory.GPU = device.GPU != nil
	f.made.Notes = append(f.made.Notes, device.Notes()...)
	if f.past, err = readPast(m, root, p.Config.Name, f.device); err != nil {
		return report.Forecast{}, err
	}
	if err := f.rows(ctx, tempDir); err != nil {
		return report.Forecast{}, err
	}
	if f.made.Ends == "" && f.options.Until != step.Dataset {
		if err := f.stages(ctx); err != nil {
			return report.Forecast{}, err
		}
	}
	if p.Gated {
		f.detectable()
	}
	f.made.Seconds = total(f.made.Stages)
	return f.made, nil
}

// total is the time of all stages; nil if one is unknown.
func total(stages []report.PlannedStage) *float64 {
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

// add appends a stage. Seconds and from apply only if it is not reused.
func (f *forecaster) add(stage step.Stage, is string, seconds *float64, from, detail string) {
	made := report.PlannedStage{Name: string(stage), State: is, Detail: detail}
	if is != report.Kept {
		made.Seconds, made.From = seconds, from
	}
	f.made.Stages = append(f.made.Stages, made)
}

// rows takes the rows from the store, or builds them: that is quick, and makes the rest
// of the forecast exact.
func (f *forecaster) rows(ctx context.Context, tempDir func() (string, error)) error {
	rows, state, began := f.steps.Dataset, report.Kept, f.machine.Clock()
	look, err := rows.Inspect(ctx, f.store, f.options.Force)
	if err != nil {
		return err
	}
	if !look.Kept {
		state = report.ToDo
		if !rows.Known() {
			dir, err := tempDir()
			if err != nil {
				return err
			}
			if err := rows.Try(ctx, dir); err != nil {
				return err
			}
		}
		size, err := store.Size(rows.Entry().Dir)
		if err != nil {
			return err
		}
		f.made.DiskBytes += size
	}
	took := f.machine.Clock().Sub(began).Seconds()
	stats := rows.Value().Stats
	f.add(step.Dataset, state, &took, "", steps.Counted(stats))
	f.made.Rows = report.PlannedRows{
		Records: stats.Records, Train: stats.Train, Validation: stats.Validation,
		Lines: stats.TrainLines, NewErrors: stats.NewErrors,
	}
	f.made.Ends, err = f.ends()
	return err
}

// ends is the reason why the run would train nothing; empty: it would train.
func (f *forecaster) ends() (string, error) {
	end, err := f.steps.End()
	switch end {
	case steps.Blocked:
		return fmt.Sprintf("the data has %s, so the verdict would be fail (hint: `tunegate dataset` lists them)", text.Count(f.made.Rows.NewErrors, "new error")), err
	case steps.OverLimit:
		finding, _ := f.steps.TooManyRows(f.config)
		return finding.Message, err
	case steps.Ungated:
		return f.plan.BaseRef + " has no config yet, so this one is only checked", err
	case steps.Unchanged:
		if f.plan.Retrains {
			return "data, base model and recipe match the stable model", err
		}
		return "data, base model and recipe match " + f.plan.BaseRef, err
	}
	return "", err
}

// found holds the steps of a stage with what the store has of them.
type found struct {
	steps []step.Step
	look  []step.Inspection
}

// kept says whether all results of the stage are reused.
func (f found) kept() bool {
	return !slices.ContainsFunc(f.look, func(l step.Inspection) bool { return !l.Kept })
}

// stages forecasts the stages after the dataset.
func (f *forecaster) stages(ctx context.Context) error {
	byStage, faulty := map[step.Stage]*found{}, false
	for _, planned := range f.steps.All()[1:] {
		stage, _ := planned.Label()
		if byStage[stage] == nil {
			byStage[stage] = &found{}
		}
		look, err := planned.Inspect(ctx, f.store, f.options.Force)
		if fault := look.Fault; errors.Is(fault, plan.ErrInput) {
			return plan.Input(fault)
		} else if fault != nil {
			f.made.Notes, faulty = append(f.made.Notes, fault.Error()), true
		}
		if !planned.Keeps() {
			continue
		}
		if err != nil && !faulty { // a fault, such as a server that is down, fails the rest too
			f.made.Notes = append(f.made.Notes, err.Error())
		}
		if err != nil {
			look, faulty = step.Inspection{}, true
		}
		byStage[stage].steps = append(byStage[stage].steps, planned)
		byStage[stage].look = append(byStage[stage].look, look)
		if !look.Kept && stage != step.Train {
			f.made.DiskBytes += planned.Takes().Disk
		}
	}
	for _, stage := range []struct {
		name step.Stage
		add  func(found) error
	}{
		{step.Prepare, f.prepare}, {step.Train, f.train}, {step.Export, f.export}, {step.Register, f.register}, {step.Eval, f.eval},
	} {
		in := byStage[stage.name]
		if in == nil { // the run ends before it
			break
		}
		if err := stage.add(*in); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// detectable adds the minimum detectable effects.
func (f *forecaster) detectable() {
	noise, verdicts := f.past.noise()
	f.made.NoiseFrom = fmt.Sprintf("assuming that %.0f %% of the cases flip at random", 100*gate.DefaultNoise)
	if verdicts > 0 {
		f.made.NoiseFrom = fmt.Sprintf("with noise from %s, else %.0f %%", text.Count(verdicts, "earlier verdict"), 100*gate.DefaultNoise)
	}
	f.made.Effects = append(f.made.Effects, gate.DetectableEffects(f.plan.Config.Gate, f.plan.Suites, noise)...)
}

// text counts the characters of the training rows.
func (f *forecaster) text() (int, error) {
	return characters(filepath.Join(f.steps.Dataset.Entry().Dir, "train.jsonl"))
}
