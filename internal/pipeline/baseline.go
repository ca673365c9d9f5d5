package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/store"
)

// baseline is the model that a candidate is compared with: the promoted one,
// NAME-base where nothing is promoted or the config asks for it, or a tag that
// the server has.
func (r *run) baseline(ctx context.Context, base gguf, rendering rendering) (register.Registered, error) {
	name := r.plan.Config.Name
	switch chosen := r.plan.Config.Eval.Baseline; chosen {
	case config.BaseModel:
	case config.StableModel:
		promotions, err := ledger.Load(r.machine.Home)
		if err != nil {
			return register.Registered{}, err
		}
		if stable, found := promotions.Stable(name); found {
			return r.promoted(ctx, stable)
		}
	default:
		return r.tagged(ctx, chosen)
	}
	return r.register(ctx, "", name+"-base", base, rendering)
}

// promoted is a promoted version on the server of this run.
func (r *run) promoted(ctx context.Context, version ledger.Entry) (register.Registered, error) {
	found := register.Registered{ModelID: version.ModelID, Tag: version.Tag, GGUF: version.GGUFSHA256}
	err := r.restore(ctx, found, version.Export, version.Register)
	if errors.Is(err, ErrGone) {
		err = fmt.Errorf("the baseline %w (hint: promote another version, or set `eval.baseline: base`)", err)
	}
	return found, err
}

// restore makes sure that the server of this run has a model that was made
// earlier. Where the server lost it, it gets the bytes that are kept; what others
// wrote under its tag on a shared server is not written over.
func (r *run) restore(ctx context.Context, want register.Registered, exported, registered store.Key) error {
	r.use(string(Export), exported)
	r.use(string(Register), registered)
	if private(r.plan.Config) && r.server == nil &&
		ollama.HasTag(ollama.Models(OllamaHome(r.machine.Home)), want.Tag, want.GGUF) {
		return nil
	}
	server, err := r.ollama(ctx)
	if err != nil {
		return err
	}
	shown, err := server.Client.Show(ctx, want.Tag)
	switch id := register.ModelID(shown); {
	case err == nil && id == want.ModelID:
		return nil
	case err == nil && !server.Private():
		return fmt.Errorf("%s is another model on the server than the one that was tested (model_id %.12s, it was %.12s), so it is not written over (hint: `ollama rm %s` there if nobody needs it, then repeat the command)",
			want.Tag, id, want.ModelID, want.Tag)
	case err != nil && !errors.Is(err, ollama.ErrNotFound) && !errors.Is(err, ollama.ErrBroken):
		return fmt.Errorf("%s: %w", want.Tag, err)
	}
	r.machine.Progress.Say("the server has no %s as it was tested, so it is made again", want.Tag)
	kept, err := r.machine.Kept(exported, registered)
	if err != nil {
		return fmt.Errorf("%s: %w", want.Tag, err)
	}
	kept.Candidate.Tag = want.Tag
	if err := server.Client.Add(ctx, kept.Candidate.Path, kept.Candidate.Definition()); err != nil {
		return err
	}
	return sameModel(ctx, server.Client, want)
}

// tagged is a tag that the server has, as it shows it.
func (r *run) tagged(ctx context.Context, tag string) (register.Registered, error) {
	server, err := r.ollama(ctx)
	if err != nil {
		return register.Registered{}, err
	}
	shown, err := server.Client.Show(ctx, tag)
	if err != nil {
		return register.Registered{}, fmt.Errorf("the baseline %s: %w", tag, err)
	}
	return register.Registered{ModelID: register.ModelID(shown), Tag: tag, GGUF: shown.GGUF}, nil
}
