package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// register tags a file. A stored result is not enough: the tag must be
// on the server and name these bytes, else it is created again under the same name.
func (s *List) register(stage step.Stage, name, tag string, file func() (gguf, bool)) *step.Of[register.Registered] {
	slot := func() (*store.Slot, register.Serve, error) {
		from, made := file()
		if !made || !s.Rendering.Known() {
			return nil, register.Serve{}, nil
		}
		at, serve, err := s.plan.RegisterSlot(from.digest, s.Rendering.Value())
		return &at, serve, err
	}
	lost := false // kept, and gone from the server
	registration := &step.Of[register.Registered]{
		Stage: stage, Name: name, Resume: true, // a draft may name a tag that is to be deleted
		Slot: func(context.Context) (*store.Slot, error) {
			at, _, err := slot()
			return at, err
		},
		Needs: func() step.Needs {
			if !s.private() {
				return step.Needs{}
			}
			return s.ofBase() // one more file in the private server's store
		},
	}
	registration.Holds = func(ctx context.Context, kept register.Registered) (bool, error) {
		from, _ := file()
		_, serve, err := slot()
		if err != nil {
			return false, err
		}
		held, err := s.holds(ctx, register.Candidate{Tag: kept.Tag, Digest: from.digest, Serve: serve})
		lost = err == nil && !held
		return held, err
	}
	registration.Do = func(ctx context.Context, dir string) (register.Registered, error) {
		from, _ := file()
		_, serve, err := slot()
		if err != nil {
			return register.Registered{}, err
		}
		named := cmp.Or(registration.Value().Tag, tag)
		if lost && named == registration.Value().Tag {
			s.machine.Progress.Say("register: the server has no %s with these bytes; creating it again", named)
		}
		return s.create(ctx, stage, dir, register.Candidate{Tag: named, Path: from.path, Digest: from.digest, Serve: serve})
	}
	return registration
}

// create makes a tag and proves it. Its name is in the draft before the server
// is asked for it, so that a tag of a killed run is found and removed.
func (s *List) create(ctx context.Context, stage step.Stage, dir string, c register.Candidate) (register.Registered, error) {
	server, err := s.serving(ctx)
	if err != nil {
		return register.Registered{}, err
	}
	foreign, err := s.foreign(ctx, server, c.Digest)
	if err != nil {
		return register.Registered{}, err
	}
	intent := runs.Intent{Tag: c.Tag, GGUF: c.Digest, Host: server.Address}
	if err := intent.Begin(ctx, dir, server); err != nil {
		return register.Registered{}, err
	}
	registered, shown, err := register.Run(ctx, server, c, s.Rendering.Value().Prompts)
	if failed := (*register.Error)(nil); errors.As(err, &failed) && failed.Name == register.OtherPrompt {
		err = plan.Input(err)
	}
	if err != nil {
		return register.Registered{}, err
	}
	registered.Host = intent.Host
	if stage == step.Prepare && !foreign { // the training needs the memory
		if err := server.Unload(ctx, c.Tag); err != nil {
			return register.Registered{}, err
		}
	}
	return registered, errors.Join(
		store.WriteJSON(filepath.Join(dir, "model.json"), registered),
		os.WriteFile(filepath.Join(dir, "Modelfile"), []byte(register.Modelfile(shown)), 0o600))
}

// holds reports whether the server has the tag with these bytes and settings. A
// private server that is not running is asked through its files.
func (s *List) holds(ctx context.Context, c register.Candidate) (bool, error) {
	if s.private() && s.server == nil {
		return s.machine.HasTag(c.Tag, c.Digest), nil
	}
	server, err := s.serving(ctx)
	if err != nil {
		return false, err
	}
	shown, err := server.Show(ctx, c.Tag)
	if errors.Is(err, engine.ErrNotFound) || errors.Is(err, engine.ErrBroken) {
		return false, nil
	}
	return err == nil && register.ModelID(shown) == register.ModelID(c.Expected()), err
}

// baselineModel is the model that a candidate is compared with: the promoted one,
// NAME-base if nothing is promoted or the config asks for it, or a tag that the
// server has. A tag's model is known only once the server was asked.
func (s *List) baselineModel() (model register.Registered, found bool, err error) {
	if s.Baseline.Known() {
		return s.Baseline.Value(), true, nil
	}
	switch s.plan.Config.Eval.Baseline {
	case config.BaseModel:
	case config.StableModel:
		promotions, err := ledger.Load(s.machine.Home)
		if err != nil {
			return register.Registered{}, false, err
		}
		if stable, found := promotions.Stable(s.plan.Config.Name); found {
			return promoted(stable), true, nil
		}
	default:
		return register.Registered{}, false, nil
	}
	return s.Base.Value(), s.Base.Known(), nil
}

func promoted(version ledger.Entry) register.Registered {
	return register.Registered{ModelID: version.ModelID, Tag: version.Tag, GGUF: version.GGUFSHA256}
}

// baseline makes sure that the server of this run has the baseline.
func (s *List) baseline() *step.Of[register.Registered] {
	return &step.Of[register.Registered]{
		Stage: step.Prepare, Name: "the baseline",
		Do: func(ctx context.Context, _ string) (register.Registered, error) {
			switch chosen := s.plan.Config.Eval.Baseline; chosen {
			case config.BaseModel:
			case config.StableModel:
				promotions, err := ledger.Load(s.machine.Home)
				if err != nil {
					return register.Registered{}, err
				}
				if stable, found := promotions.Stable(s.plan.Config.Name); found {
					err := s.restore(ctx, promoted(stable), stable.Export, stable.Register)
					if errors.Is(err, runs.ErrGone) {
						err = fmt.Errorf("the baseline %w (hint: promote another version, or set `eval.baseline: base`)", err)
					}
					return promoted(stable), err
				}
			default:
				return s.tagged(ctx, chosen)
			}
			return s.Base.Value(), nil
		},
	}
}

// restore makes sure that the server of this run has a model that was made
// earlier. If the server lost it, it gets the kept bytes; what others
// wrote under its tag on a shared server is not overwritten.
func (s *List) restore(ctx context.Context, want register.Registered, exported, registered store.Key) error {
	s.use(step.Export, exported)
	s.use(step.Register, registered)
	if s.private() && s.server == nil && s.machine.HasTag(want.Tag, want.GGUF) {
		return nil
	}
	server, err := s.serving(ctx)
	if err != nil {
		return err
	}
	shown, err := server.Show(ctx, want.Tag)
	switch id := register.ModelID(shown); {
	case err == nil && id == want.ModelID:
		return nil
	case err == nil && !server.Private():
		return fmt.Errorf("%s on the server is not the model that was tested (model_id %.12s, it was %.12s), so it is not overwritten (hint: run `ollama rm %s` there if nobody needs it, then repeat the command)",
			want.Tag, id, want.ModelID, want.Tag)
	case err != nil && !errors.Is(err, engine.ErrNotFound) && !errors.Is(err, engine.ErrBroken):
		return fmt.Errorf("%s: %w", want.Tag, err)
	}
	s.machine.Progress.Say("the server no longer has %s as tested; creating it again", want.Tag)
	kept, err := runs.Kept(s.machine, exported, registered)
	if err != nil {
		return fmt.Errorf("%s: %w", want.Tag, err)
	}
	kept.Candidate.Tag = want.Tag
	if err := server.Add(ctx, kept.Candidate.Path, kept.Candidate.Definition()); err != nil {
		return err
	}
	return sameModel(ctx, server, want)
}

// tagged is a tag that the server has, as it shows it.
func (s *List) tagged(ctx context.Context, tag string) (register.Registered, error) {
	server, err := s.serving(ctx)
	if err != nil {
		return register.Registered{}, err
	}
	shown, err := server.Show(ctx, tag)
	if err != nil {
		return register.Registered{}, fmt.Errorf("the baseline %s: %w", tag, err)
	}
	return register.Registered{ModelID: register.ModelID(shown), Tag: tag, GGUF: shown.GGUF}, nil
}
