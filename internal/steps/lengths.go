package steps

import (
	"context"
	"time"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// The bounds of asking cut answers again.
const (
	lengthsMost  = 32
	lengthsLimit = 5 * time.Minute
)

// Lengths counts the baseline's cut answers, which are known, and asks
// some of them again until they end.
func (s *List) Lengths() *step.Of[eval.Lengths] {
	baseline := s.Baseline.Value()
	return &step.Of[eval.Lengths]{
		Name: "length of the cut answers",
		Slot: func(ctx context.Context) (*store.Slot, error) {
			server, device, err := s.answering(ctx)
			if err != nil {
				return nil, err
			}
			slot := s.plan.LengthsSlot(baseline.ModelID, server, device, lengthsMost)
			return &slot, nil
		},
		Do: func(ctx context.Context, _ string) (eval.Lengths, error) {
			cases, err := eval.LoadCases(s.BaselineAnswers.Entry().Path(eval.CasesFile))
			if err != nil {
				return eval.Lengths{}, err
			}
			evaluation := eval.Evaluation{
				Options: s.plan.EvalOptions(), Model: eval.Model{Tag: baseline.Tag, ModelID: baseline.ModelID}, Suites: s.plan.Suites, Clock: s.machine.Clock,
				Report: func(p eval.Progress) {
					s.machine.Progress.Update(string(step.Eval), int64(p.Done), int64(p.Total), p.ETA, "re-evaluating cut answers")
				},
			}
			lengths := evaluation.Lengths(cases)
			if lengths.AllCut() == 0 {
				return lengths, nil
			}
			err = s.asking(ctx, baseline, func(server *subject) error {
				evaluation.Server = server
				var err error
				lengths, err = evaluation.Measure(ctx, cases, lengthsMost, lengthsLimit)
				return err
			})
			return lengths, err
		},
	}
}
