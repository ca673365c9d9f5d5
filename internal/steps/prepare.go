package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/export"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/suite"
	"github.com/tunegate/tunegate/internal/text"
)

// nothing is the result of a step that only checks.
type nothing struct{}

// checks are the steps before a training that keep nothing: each is an error about
// what would stop the run later; promotion only notes it.
type checks struct {
	base      *step.Of[nothing] // its folder can be exported, and num_ctx fits it
	server    *step.Of[nothing] // it exists, in a version that is known to serve
	isolation *step.Of[nothing] // of children; only a note
	promotion *step.Of[nothing] // its servers; only a note, since a run needs none of them
	python    *step.Of[nothing] // it exists, if a step needs it
	disk      *step.Of[nothing] // has room for the remaining steps
	prompts   *step.Of[nothing] // they fit num_ctx, in a template that is known
	rows      *step.Of[nothing] // have the tokens that the server reads, if there is a training
	training  *step.Of[nothing] // memory, and a server that starts, if there is a training
}

func (s *List) newChecks() checks {
	at := func(name string, readOnly func() bool, do func(context.Context) error) *step.Of[nothing] {
		return &step.Of[nothing]{
			Stage: step.Prepare, Name: name, ReadOnly: readOnly,
			Do: func(ctx context.Context, _ string) (nothing, error) { return nothing{}, do(ctx) },
		}
	}
	always := func() bool { return true }
	return checks{
		base:      at("the base model", always, s.checkBase),
		server:    at("the server", always, s.checkServer),
		isolation: at("isolation", nil, s.noteIsolation),
		promotion: at("the servers of a promotion", nil, s.notePromotionServers),
		python:    at("Python", always, s.checkPython),
		disk:      at("disk", always, s.checkDisk),
		prompts:   at("the prompts", s.Rendering.Known, func(context.Context) error { return s.checkPrompts() }),
		rows:      at("the rows' tokens", nil, s.checkRows),
		training:  at("memory and the server", nil, s.checkTraining),
	}
}

// checkServer makes sure that the program that will answer exists, or the shared
// server at its address, in a version that serves.
func (s *List) checkServer(ctx context.Context) error {
	version, err := s.ServerVersion(ctx)
	if err != nil {
		return err
	}
	return s.machine.CheckVersion(s.plan.Config.Runner, version)
}

// noteIsolation notes that children have no networks of their own.
func (s *List) noteIsolation(ctx context.Context) error {
	if err := s.machine.Isolation(ctx); err != nil {
		s.machine.Progress.Say("note: programs on this machine get no network of their own, so they are not isolated (hint: see \"network\" in `tunegate doctor`)")
	}
	return ctx.Err()
}

// notePromotionServers notes the servers that a promotion of the model could not
// reach.
func (s *List) notePromotionServers(ctx context.Context) error {
	for _, server := range machine.AskPromotionServers(ctx, s.plan.Config) {
		if server.Err != nil && ctx.Err() == nil {
			s.machine.Progress.Say("note: a promotion would fail at %s: %v", server.Address, server.Err)
		}
	}
	return ctx.Err()
}

// checkBase makes sure that the base can be exported as it is trained and asked as its
// chat template renders, and that num_ctx is within its context, beyond which a server cuts
// silently.
func (s *List) checkBase(ctx context.Context) error {
	if err := s.plan.CheckBase(ctx); err != nil {
		return err
	}
	if err := s.plan.CheckChatTemplate(ctx); err != nil {
		return err
	}
	_, err := s.plan.CheckContext(ctx)
	return err
}

// checkPrompts makes sure that the template of the prompts is known, and that the
// longest leaves room for an answer.
func (s *List) checkPrompts() error {
	if _, _, err := s.plan.RegisterSlot("", s.Rendering.Value()); err != nil {
		return plan.Input(err)
	}
	prompts := longest(s.Rendering.Value().Prompts, 1)
	if len(prompts) == 0 {
		return nil
	}
	if has, asked := prompts[0].Tokens, s.plan.Config.Eval.NumCtx; has >= asked {
		return plan.Input(fmt.Errorf("the prompt of %s has %d tokens, which leaves no room for an answer in `eval.num_ctx` %d (hint: raise it, or shorten the case)", prompts[0].Name, has, asked))
	}
	return nil
}

// values has the grader read every value of the suites.
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

// longest are the prompts with the most tokens.
func longest(prompts []register.Rendered, most int) []register.Rendered {
	sorted := slices.SortedStableFunc(slices.Values(prompts), func(a, b register.Rendered) int { return cmp.Compare(b.Tokens, a.Tokens) })
	return sorted[:min(len(sorted), most)]
}

// missing are the steps whose results are not kept, as far as that is known by now.
func (s *List) missing(ctx context.Context) (steps []step.Step) {
	for _, next := range s.all {
		if !next.Keeps() || next == step.Step(s.Dataset) {
			continue
		}
		if look, err := next.Inspect(ctx, s.machine.Store(), s.options.Force); err != nil || !look.Kept {
			steps = append(steps, next) // the step itself reports the error
		}
	}
	return steps
}

// trains reports whether a run to the end would train, wherever this one ends.
func (s *List) trains(ctx context.Context) bool {
	look, err := s.Adapter.Inspect(ctx, s.machine.Store(), s.options.Force)
	return err != nil || !look.Kept
}

// checkDisk compares what the remaining steps need with what is free.
func (s *List) checkDisk(ctx context.Context) error {
	needed, err := s.toWrite(ctx)
	if err != nil {
		return err
	}
	if err := s.checkDiskLimit(needed); err != nil {
		return err
	}
	free, err := machine.FreeSpace(s.machine.Home)
	if err != nil || free >= needed {
		return err
	}
	return fmt.Errorf("%s: %s free, and the run needs %s more (hint: run `tunegate clean`, or use a folder on a larger disk: `export TUNEGATE_HOME=DIR`)",
		s.machine.Home, text.Bytes(free), text.Bytes(needed))
}

// toWrite is what the remaining steps write, without what an attempt that was
// killed already wrote of it.
func (s *List) toWrite(ctx context.Context) (needed int64, err error) {
	drafts, err := s.machine.Store().Drafts()
	if err != nil {
		return 0, err
	}
	for _, next := range s.missing(ctx) {
		takes := next.Takes().Disk
		if look, err := next.Inspect(ctx, s.machine.Store(), s.options.Force); err == nil && look.Slot != nil {
			for _, draft := range drafts {
				if draft.Stage == look.Slot.Stage && draft.Key == look.Slot.Key {
					takes -= min(takes, draft.Size)
				}
			}
		}
		needed += takes
	}
	return needed, nil
}

// checkDiskLimit compares what is kept and still needed with the limit of the
// base's config.
func (s *List) checkDiskLimit(needed int64) error {
	limit := s.plan.Config.Limits.Disk
	if limit == 0 || needed == 0 {
		return nil
	}
	kept, err := s.machine.Kept()
	if err != nil || kept+needed <= limit {
		return err
	}
	return fmt.Errorf("%s: %s are used, the run needs %s more, and the base branch's `limits.disk` allows %s (hint: run `tunegate clean`, with --older-than 720h to remove older runs too)",
		s.machine.Home, text.Bytes(kept), text.Bytes(needed), text.Bytes(limit))
}

// checkPython makes sure that there is an interpreter if a step needs
// it, without starting it.
func (s *List) checkPython(ctx context.Context) error {
	configured := s.plan.Config.Runner.Python
	if configured != config.Auto || !slices.ContainsFunc(s.missing(ctx), func(next step.Step) bool {
		stage, _ := next.Label()
		return stage != step.Export && stage != step.Register
	}) {
		return nil
	}
	_, err := python.Locate(ctx, s.machine.Launcher, s.machine.Home, s.machine.PythonTools(), configured)
	return err
}

// checkTraining makes sure of what is needed after the training: if
// there is one, the private server starts, and a shared one can be sent
// a model. A private one ends again, so that the training has the memory.
func (s *List) checkTraining(ctx context.Context) error {
	if !s.trains(ctx) {
		return nil
	}
	if err := s.checkMemory(ctx); err != nil {
		return err
	}
	server, err := s.serving(ctx)
	if err != nil {
		return err
	}
	if base, err := os.Stat(s.BaseExport.Entry().Path(export.GGUFFile)); err == nil { // as large as the candidate's will be
		if err := server.CheckUpload(ctx, s.Base.Value().GGUF, base.Size()); err != nil {
			return err
		}
	}
	return s.Close()
}

// checkMemory is an error if not even the weights fit the card.
func (s *List) checkMemory(ctx context.Context) error {
	device, err := s.Device(ctx)
	if err != nil || device.GPU == nil {
		return err
	}
	memory := machine.MemoryToTrain(*device.GPU, s.plan.Config.Train.Quantization, s.BaseSize()/2)
	if !memory.TooSmall() {
		return nil
	}
	return fmt.Errorf("%s has %s of memory, and the base's weights alone take %s with quantization %s (hint: %s)",
		memory.Card.Name, text.Bytes(memory.Has), text.Bytes(memory.Weights), memory.Quantization, memory.Fix())
}

// countedPrompts is how many prompts, the longest, the server counts before a
// training; an evaluation counts the others with their answers.
const countedPrompts = 50

// countedFirst are the prompts that the server counts before a training: the longest,
// and those with a text that it may count differently than the trainer.
func (s *List) countedFirst() []register.Rendered {
	prompts := s.Rendering.Value().Prompts
	return append(longest(prompts, countedPrompts), s.Agreement.Value().Suspects(s.Reference.Value()).Prompts(prompts)...)
}

// trial asks NAME-base one case of each suite, so that what a server, a template or
// a grader lacks is known before a training. Its longest prompts must have as many
// tokens there as for the trainer.
func (s *List) trial() *step.Of[eval.Summary] {
	return &step.Of[eval.Summary]{
		Stage: step.Prepare, Name: "one case per suite",
		Slot: func(ctx context.Context) (*store.Slot, error) {
			if !s.Base.Known() {
				return nil, nil
			}
			server, device, err := s.answering(ctx)
			if err != nil {
				return nil, err
			}
			slot := s.plan.TrialSlot(s.Base.Value().ModelID, server, device)
			return &slot, nil
		},
		Do: func(ctx context.Context, dir string) (eval.Summary, error) {
			base := s.Base.Value()
			var first []suite.Suite
			for _, each := range s.plan.Suites {
				each.Cases = each.Cases[:min(len(each.Cases), 1)]
				first = append(first, each)
			}
			return s.ask(ctx, step.Prepare, base.Tag, base, first, dir, func(server engine.Chatter) error {
				return register.CountTokens(ctx, server, base.Tag, s.countedFirst(), s.plan.Config.Eval.NumCtx)
			})
		},
	}
}
