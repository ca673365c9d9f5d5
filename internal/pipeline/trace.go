package pipeline

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	"github.com/tunegate/tunegate/internal/attribution"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/place"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// cases writes the run's cases.jsonl, of the answers of both models.
func (r *run) cases() ([]eval.Case, error) {
	dir := filepath.Join(r.dir, string(step.Eval))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	out, err := renameio.TempFile(dir, filepath.Join(dir, eval.CasesFile))
	if err != nil {
		return nil, err
	}
	defer out.Cleanup()
	var all []eval.Case
	for _, answers := range []*step.Of[eval.Summary]{r.steps.BaselineAnswers, r.steps.CandidateAnswers} {
		cases, err := eval.LoadCases(answers.Entry().Path(eval.CasesFile))
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			c.Model = answers.Name
			if err := eval.AppendCase(out, c); err != nil {
				return nil, err
			}
			all = append(all, c)
		}
	}
	return all, out.CloseAtomicallyReplace()
}

// traceLimit bounds the reading of the rows: the verdict is already final.
const traceLimit = 2 * time.Minute

// trace finds the rows that may have taught what regressed, and what the baseline
// knew of the new ones before.
func (r *run) trace(ctx context.Context, found *outcome) error {
	dir := filepath.Join(r.dir, string(step.Dataset))
	rows := filepath.Join(dir, "train.jsonl")
	if _, err := os.Stat(rows); errors.Is(err, fs.ErrNotExist) { // an old model whose rows were cleaned up
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, traceLimit)
	defer cancel()
	places, err := place.Load(limited, dir)
	if errors.Is(err, fs.ErrNotExist) { // rows of an earlier version, whose model is judged again
		return nil
	}
	if err != nil {
		return err
	}
	if r.record.Again {
		places = places.Merged()
	}
	regressed := report.Report{Cases: found.cases, Verdict: found.verdict}.ShownRegressions()
	read, err := attribution.Read(limited, rows, places, r.plan.Side, regressed)
	if err != nil {
		return err
	}
	found.nearest = read.Nearest()
	if len(read.Sample()) == 0 {
		return nil
	}
	probe := r.steps.Probe(read)
	if err := probe.Run(ctx, step.Executor{Store: r.machine.Store(), Clock: r.machine.Clock, Watch: unseen{r.recorder}}); err != nil {
		return err
	}
	found.probe = read.BaselineProbe(probe.Value())
	return nil
}

// unseen is the recorder of a step that is shown as part of another.
type unseen struct{ *recorder }

func (unseen) State(step.Stage, string, store.Key, step.State, float64) {}
