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
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// cases writes the run's cases.jsonl, of the answers of both models.
func (r *run) cases() ([]eval.Case, error) {
	dir := filepath.Join(r.dir, string(step.Eval))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	out, err := renameio.TempFile(dir, filepath.Join(dir, eval.CasesFile))
	if err != nil {
		return nil, err
	}
	defer out.Cleanup()
	var all []eval.Case
	for _, answers := range []*step.Step[eval.Summary]{r.steps.BaselineAnswers, r.steps.CandidateAnswers} {
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

// traceLimit bounds the reading of the rows, and the asking of the baseline: the
// verdict stands already.
const traceLimit = 2 * time.Minute

// trace finds the rows that may have taught what regressed, and what the baseline
// knew of the new ones before.
func (r *run) trace(ctx context.Context, found *outcome) error {
	dir := filepath.Join(r.dir, string(step.Dataset))
	rows := filepath.Join(dir, "train.jsonl")
	if _, err := os.Stat(rows); errors.Is(err, fs.ErrNotExist) { // a model of old whose rows were cleaned away
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, traceLimit)
	defer cancel()
	places, err := dataset.LoadPlaces(limited, dir)
	if err != nil {
		return err
	}
	regressed := report.Report{Cases: found.cases, Verdict: found.verdict}.ShownRegressions()
	read, err := attribution.Read(limited, rows, places, r.plan.Side, regressed)
	if err != nil {
		return err
	}
	found.nearest = read.Nearest()
	if len(read.Sample()) == 0 || r.record.Again { // of a model judged again the rows were new to another base
		return nil
	}
	probe := r.probe(read)
	if err := probe.Run(ctx, step.Executor{Store: r.machine.Store(), Clock: r.machine.Clock, Watch: unseen{r.recorder}}); err != nil {
		return err
	}
	found.probe = read.Probe(probe.Value())
	return nil
}

// probe asks the baseline what the new rows teach. The server is one for the whole
// run, so it does not end with the limit.
func (r *run) probe(rows *attribution.Rows) *step.Step[attribution.Known] {
	baseline, questions := r.steps.Baseline.Value(), rows.Sample()
	return &step.Step[attribution.Known]{
		Name: "what the baseline knew",
		Slot: func(ctx context.Context) (*store.Slot, error) {
			version, err := r.steps.serverVersion(ctx)
			if err != nil {
				return nil, err
			}
			ids := make([]string, len(questions))
			for i, q := range questions {
				ids[i] = q.Row.ID
			}
			slot := r.plan.ProbeSlot(baseline.ModelID, version, r.steps.device(ctx), ids)
			return &slot, nil
		},
		Do: func(ctx context.Context, _ string) (attribution.Known, error) {
			r.machine.Progress.Say("eval: the baseline is asked %d of the new rows", len(questions))
			return r.steps.askRows(ctx, baseline, questions)
		},
	}
}

func (s *Steps) askRows(ctx context.Context, baseline register.Registered, questions []attribution.Question) (known attribution.Known, err error) {
	if _, err := s.ollama(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, traceLimit)
	defer cancel()
	checker, err := s.checker(ctx)
	if err != nil {
		return nil, err
	}
	defer checker.Close()
	err = s.asking(ctx, baseline, func(server *machine.Server) error {
		evaluation := eval.Evaluation{
			Options: s.plan.EvalOptions(), Model: eval.Model{Tag: baseline.Tag, ModelID: baseline.ModelID}, Server: server, Maths: checker,
		}
		var err error
		known, err = attribution.Ask(ctx, evaluation, questions)
		return err
	})
	return known, err
}

// unseen is a recorder of a step that is shown as part of another.
type unseen struct{ *recorder }

func (unseen) State(step.Stage, string, store.Key, step.State, float64) {}
