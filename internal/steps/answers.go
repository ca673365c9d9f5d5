package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/suite"
)

// mathsWall bounds one comparison; the child is killed beyond it.
const mathsWall = 20 * time.Second

// answers asks a model every case and grades it. Each model's answers are kept
// separately, so a baseline is evaluated once for many pull requests.
func (s *List) answers(role string, model func() (register.Registered, bool, error)) *step.Of[eval.Summary] {
	return &step.Of[eval.Summary]{
		Stage: step.Eval, Name: role, Resume: true,
		Slot: func(ctx context.Context) (*store.Slot, error) {
			asked, known, err := model()
			if err != nil || !known {
				return nil, err
			}
			server, device, err := s.answering(ctx)
			if err != nil {
				return nil, err
			}
			slot := s.plan.EvalSlot(asked.ModelID, server, device)
			return &slot, nil
		},
		Do: func(ctx context.Context, dir string) (eval.Summary, error) {
			asked, _, err := model()
			if err != nil {
				return eval.Summary{}, err
			}
			return s.ask(ctx, step.Eval, role, asked, s.plan.Suites, dir, nil)
		},
	}
}

// ask evaluates a model on suites, after what is to be done first with its server;
// nil: nothing.
func (s *List) ask(ctx context.Context, stage step.Stage, role string, model register.Registered, suites []suite.Suite, dir string, first func(engine.Chatter) error) (eval.Summary, error) {
	checker, err := s.checker(ctx)
	if err != nil {
		return eval.Summary{}, err
	}
	defer checker.Close()
	var summary eval.Summary
	asked := false
	err = s.asking(ctx, model, func(server *subject) error {
		if first != nil {
			if err := first(server); err != nil {
				return err
			}
		}
		asked = true
		evaluation := eval.Evaluation{
			Options: s.plan.EvalOptions(), Model: eval.Model{Tag: model.Tag, ModelID: model.ModelID},
			Suites: suites, Rendered: s.rendered(role, model), Server: server, Still: server.still, Maths: checker, Clock: s.machine.Clock,
			Report: func(p eval.Progress) {
				s.machine.Progress.Update(string(stage), int64(p.Done), int64(p.Total), p.ETA, fmt.Sprintf("%s, %d passed", role, p.Passed))
			},
		}
		var err error
		summary, err = evaluation.Run(ctx, dir)
		return err
	})
	if asked && errors.Is(err, errDoubt) {
		return eval.Summary{}, errors.Join(err, os.RemoveAll(filepath.Join(dir, eval.CasesFile)))
	}
	if err != nil {
		return eval.Summary{}, err
	}
	for _, why := range slices.Sorted(maps.Keys(summary.None)) {
		s.machine.Progress.Say("%s: %s: %d of %d cases excluded: %s", stage, role, summary.None[why], summary.Cases, why)
	}
	return summary, nil
}

// rendered are the prompts in which a model's server must count as many tokens as
// the trainer did. A baseline may be made of another base, with a tokenizer of its
// own, and an existing model may be served with another template or
// system prompt than the plan's: then none.
func (s *List) rendered(role string, model register.Registered) map[string][]register.Rendered {
	if role == eval.Baseline && model.ModelID != s.Base.Value().ModelID {
		return nil
	}
	if role == eval.Candidate && s.served != nil {
		_, now, err := s.plan.RegisterSlot(model.GGUF, s.Rendering.Value())
		if err != nil || now.Template != s.served.Template || now.System != s.served.System {
			return nil
		}
	}
	return s.Rendering.Value().ByCase()
}
