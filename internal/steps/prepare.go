package steps

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/suite"
	"github.com/tunegate/tunegate/internal/text"
)

// nothing is the result of a step that only looks.
type nothing struct{}

// checks are the steps before a training that keep nothing: each is an error for
// what would stop the run after it, but for promotion.
type checks struct {
	files     *step.Of[nothing] // of the base
	server    *step.Of[nothing] // it is there, and of a version that is known to serve
	promotion *step.Of[nothing] // its servers; no more than a note, since a run needs none of them
	context   *step.Of[nothing] // num_ctx fits the base
	length    *step.Of[nothing] // the prompts fit num_ctx
	room      *step.Of[nothing] // disk and memory for what is still to be done
}

func (s *List) newChecks() checks {
	at := func(name string, looks func() bool, do func(context.Context) error) *step.Of[nothing] {
		return &step.Of[nothing]{
			Stage: step.Prepare, Name: name, Looks: looks,
			Do: func(ctx context.Context, _ string) (nothing, error) { return nothing{}, do(ctx) },
		}
	}
	always := func() bool { return true }
	return checks{
		files:     at("the base's files", always, func(context.Context) error { return s.plan.CheckBase() }),
		server:    at("the server", always, s.checkServer),
		promotion: at("the servers of a promotion", nil, s.notePromotionServers),
		context:   at("num_ctx", func() bool { return s.baseDir() != "" }, func(context.Context) error { return s.checkContext() }),
		length:    at("the length of the prompts", s.Rendering.Known, func(context.Context) error { return s.checkLength() }),
		room:      at("disk and memory", nil, s.checkRoom), // it starts the server
	}
}

// checkServer makes sure that the program that will answer is there, or the shared
// server at its address, in a version that serves.
func (s *List) checkServer(ctx context.Context) error {
	version, err := s.ServerVersion(ctx)
	if err != nil {
		return err
	}
	return s.machine.CheckVersion(s.plan.Config.Runner, version)
}

// notePromotionServers says which servers a promotion of the model would not get
// to.
func (s *List) notePromotionServers(ctx context.Context) error {
	for _, server := range machine.AskPromotionServers(ctx, s.plan.Config) {
		if server.Err != nil && ctx.Err() == nil {
			s.machine.Progress.Say("note: a promotion would stop at %s: %v", server.Address, server.Err)
		}
	}
	return ctx.Err()
}

// checkContext compares num_ctx with the context that the base was made for, as
// its config.json has it: beyond it a server cuts without a word.
func (s *List) checkContext() error {
	data, err := os.ReadFile(filepath.Join(s.baseDir(), "config.json"))
	if err != nil {
		return fmt.Errorf("base model: %w", err)
	}
	var base struct {
		Context int `json:"max_position_embeddings"`
	}
	if err := json.Unmarshal(data, &base); err != nil {
		return fmt.Errorf("base model: config.json: %w", err)
	}
	if asked := s.plan.Config.Eval.NumCtx; base.Context > 0 && asked > base.Context {
		return plan.Input(fmt.Errorf("`eval.num_ctx` is %d, and the base's context has %d tokens (hint: write num_ctx: %[2]d under `eval:` of the config)", asked, base.Context))
	}
	return nil
}

// checkLength makes sure that the longest prompt leaves room for an answer.
func (s *List) checkLength() error {
	prompts := longest(s.Rendering.Value().Prompts, 1)
	if len(prompts) == 0 {
		return nil
	}
	if has, asked := prompts[0].Tokens, s.plan.Config.Eval.NumCtx; has >= asked {
		return plan.Input(fmt.Errorf("the prompt of %s has %d tokens, which leaves no room for an answer in `eval.num_ctx` %d (hint: raise it, or shorten the case)", prompts[0].Name, has, asked))
	}
	return nil
}

// values puts every value of the suites to its grader.
func (s *List) values() *step.Of[nothing] {
	return &step.Of[nothing]{
		Stage: step.Prepare, Name: "the suites' values", Slot: known(s.plan.ValuesSlot),
		Do: func(ctx context.Context, _ string) (nothing, error) {
			checker, err := s.checker(ctx)
			if err != nil {
				return nothing{}, err
			}
			defer checker.Close()
			mistakes, err := suite.Validate(ctx, checker, s.plan.Suites)
			if err == nil && len(mistakes) > 0 {
				err = plan.Input(errors.Join(mistakes...))
			}
			return nothing{}, err
		},
	}
}

// longest are the first prompts by their tokens.
func longest(prompts []register.Rendered, most int) []register.Rendered {
	sorted := slices.SortedStableFunc(slices.Values(prompts), func(a, b register.Rendered) int { return cmp.Compare(b.Tokens, a.Tokens) })
	return sorted[:min(len(sorted), most)]
}

// checkRoom compares what the steps that are not kept take with what the machine
// has, and starts the private server where a training comes before its first
// question.
func (s *List) checkRoom(ctx context.Context) error {
	needed, training, err := s.Missing(ctx)
	if err != nil {
		return err
	}
	free, err := machine.FreeSpace(s.machine.Home)
	if err != nil {
		return err
	}
	if free < needed.Disk {
		return fmt.Errorf("%s: %s free, and the run takes %s more (hint: `tunegate clean` removes what nothing needs; or use a folder on a larger disk: export TUNEGATE_HOME=DIR)",
			s.machine.Home, text.Bytes(free), text.Bytes(needed.Disk))
	}
	if !training {
		return nil
	}
	if err := s.checkMemory(ctx); err != nil {
		return err
	}
	_, err = s.ollama(ctx)
	return err
}

// checkMemory is an error where not even the weights fit the smallest card.
func (s *List) checkMemory(ctx context.Context) error {
	cards := s.machine.GPUs(ctx)
	if len(cards) == 0 {
		return nil
	}
	memory := machine.MemoryToTrain(cards, s.plan.Config.Train.Quantization, s.BaseSize()/2)
	if !memory.TooSmall() {
		return nil
	}
	return fmt.Errorf("%s has %s of memory, and the base's weights alone take %s with quantization %s (hint: %s)",
		memory.Card.Name, text.Bytes(memory.Has), text.Bytes(memory.Weights), memory.Quantization, memory.Fix())
}

// Missing is what the steps after the checks take that are not kept, as far as
// that is known, and whether one of them trains.
func (s *List) Missing(ctx context.Context) (needed step.Needs, training bool, err error) {
	after := false
	for _, work := range s.all {
		if after {
			look, err := work.Look(ctx, s.machine.Store(), "")
			if err != nil {
				return step.Needs{}, false, err
			}
			if !look.Kept {
				needed.Disk += work.Takes().Disk
				training = training || work == step.Step(s.Adapter)
			}
		}
		after = after || work == step.Step(s.checks.room)
	}
	return needed, training, nil
}

// countedPrompts is how many prompts, the longest, the server counts before a
// training; an evaluation counts the others with their answers.
const countedPrompts = 50

// trial asks NAME-base a case of each suite, so that what a server, a template or
// a grader lacks is known before a training. Its longest prompts must have as many
// tokens there as for the trainer.
func (s *List) trial() *step.Of[eval.Summary] {
	return &step.Of[eval.Summary]{
		Stage: step.Prepare, Name: "a case of each suite",
		Slot: func(ctx context.Context) (*store.Slot, error) {
			if !s.Base.Known() {
				return nil, nil
			}
			version, err := s.ServerVersion(ctx)
			if err != nil {
				return nil, err
			}
			slot := s.plan.TrialSlot(s.Base.Value().ModelID, version, s.device(ctx))
			return &slot, nil
		},
		Do: func(ctx context.Context, dir string) (eval.Summary, error) {
			base := s.Base.Value()
			server, err := s.ollama(ctx)
			if err != nil {
				return eval.Summary{}, err
			}
			if _, err := s.foreign(ctx, server, base.GGUF); err != nil {
				return eval.Summary{}, err
			}
			if err := register.CountTokens(ctx, server, base.Tag, longest(s.Rendering.Value().Prompts, countedPrompts), s.plan.Config.Eval.NumCtx); err != nil {
				return eval.Summary{}, err
			}
			var first []suite.Suite
			for _, each := range s.plan.Suites {
				each.Cases = each.Cases[:min(len(each.Cases), 1)]
				first = append(first, each)
			}
			return s.ask(ctx, step.Prepare, base.Tag, base, first, dir)
		},
	}
}
