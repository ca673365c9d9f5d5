package steps

import (
	"context"
	"time"

	"github.com/tunegate/tunegate/internal/attribution"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/text"
)

// probeLimit bounds the probe: the verdict does not depend on it.
const probeLimit = 2 * time.Minute

// Probe probes the baseline with new rows.
func (s *List) Probe(rows *attribution.Rows) *step.Of[attribution.Probed] {
	baseline, questions := s.Baseline.Value(), rows.Sample()
	return &step.Of[attribution.Probed]{
		Name: "baseline probe",
		Slot: func(ctx context.Context) (*store.Slot, error) {
			server, device, err := s.answering(ctx)
			if err != nil {
				return nil, err
			}
			ids := make([]string, len(questions))
			for i, q := range questions {
				ids[i] = q.Row.ID
			}
			slot := s.plan.ProbeSlot(baseline.ModelID, server, device, ids)
			return &slot, nil
		},
		Do: func(ctx context.Context, _ string) (attribution.Probed, error) {
			s.machine.Progress.Say("eval: probing the baseline with %s", text.Count(len(questions), "new row"))
			return s.askRows(ctx, baseline, questions)
		},
	}
}

// askRows asks and grades within probeLimit. The server is one for the whole run,
// so it does not end with that.
func (s *List) askRows(ctx context.Context, baseline register.Registered, questions []attribution.Question) (probed attribution.Probed, err error) {
	if _, err := s.serving(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	checker, err := s.checker(ctx)
	if err != nil {
		return nil, err
	}
	defer checker.Close()
	err = s.asking(ctx, baseline, func(server *subject) error {
		evaluation := eval.Evaluation{
			Options: s.plan.EvalOptions(), Model: eval.Model{Tag: baseline.Tag, ModelID: baseline.ModelID}, Server: server, Maths: checker,
		}
		var err error
		probed, err = attribution.Probe(ctx, evaluation, questions)
		return err
	})
	return probed, err
}
