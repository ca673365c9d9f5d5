package steps

import (
	"context"
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/register"
)

// errDoubt is behind the errors for which a model's answers are discarded: who
// answered is uncertain.
var errDoubt = errors.New("are discarded")

// subject is a registered model under evaluation.
type subject struct {
	*machine.Server
	model  register.Registered
	digest string // of its tag when the questions began
}

// asking does something with a registered model: it must be the model that was
// registered before and after, with no one else asking a private server, and leaves
// the server's memory unless somebody else uses it. A failure is also checked for
// these reasons.
func (r *resources) asking(ctx context.Context, model register.Registered, do func(*subject) error) error {
	server, err := r.serving(ctx)
	if err != nil {
		return err
	}
	asked := &subject{Server: server, model: model}
	if err := asked.begin(ctx); err != nil {
		return err
	}
	foreign, err := r.foreign(ctx, server, model.GGUF)
	if err != nil {
		return err
	}
	if err := do(asked); err != nil {
		if found := asked.end(ctx); errors.Is(found, errDoubt) && !errors.Is(err, errDoubt) {
			return errors.Join(found, err)
		}
		return err
	}
	if err := asked.end(ctx); err != nil || foreign {
		return err
	}
	return server.Unload(ctx, model.Tag)
}

// begin makes sure of the model before it is asked.
func (s *subject) begin(ctx context.Context) (err error) {
	if err := s.Undisturbed(ctx); err != nil {
		return err
	}
	if s.digest, err = s.Digest(ctx, s.model.Tag); err != nil {
		return err
	}
	return sameModel(ctx, s.Server, s.model)
}

// still makes sure, at little cost, that nothing has changed since the questions
// began.
func (s *subject) still(ctx context.Context) error {
	if err := s.Undisturbed(ctx); err != nil {
		return s.doubt(err)
	}
	digest, err := s.Digest(ctx, s.model.Tag)
	if err == nil && digest != s.digest {
		err = fmt.Errorf("%s is %w on the server now (digest %.12s, it was %.12s when the evaluation started) %s", s.model.Tag, errOther, digest, s.digest, hintOther)
	}
	return s.doubt(err)
}

// end makes sure of the model after it was asked: its digest is one of this server,
// and its model_id is of what decides its answers.
func (s *subject) end(ctx context.Context) error {
	if err := s.still(ctx); err != nil {
		return err
	}
	return s.doubt(sameModel(ctx, s.Server, s.model))
}

// doubt discards answers for an error about who answered.
func (s *subject) doubt(err error) error {
	for _, reason := range []error{engine.ErrDisturbed, engine.ErrNotFound, engine.ErrBroken, errOther} {
		if errors.Is(err, reason) {
			return fmt.Errorf("the answers of %s %w: %w", s.model.Tag, errDoubt, err)
		}
	}
	return err
}

// errOther is the error of a tag that is not the model that was registered.
var errOther = errors.New("a different model")

const hintOther = "(hint: find the program that writes tags on this server, such as another runner with the same `name`; stop it and run again)"

// sameModel makes sure that a tag is still the model that was registered: on a
// shared server somebody else may write the same tag.
func sameModel(ctx context.Context, server engine.Tags, want register.Registered) error {
	shown, err := server.Show(ctx, want.Tag)
	if err != nil {
		return err
	}
	if id := register.ModelID(shown); id != want.ModelID {
		return fmt.Errorf("%s is %w from the one that was registered (model_id %.12s, it was %.12s) %s", want.Tag, errOther, id, want.ModelID, hintOther)
	}
	return nil
}
