package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/register"
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

// promoted is a promoted version on the server of this run. Where the server
// lost it, it gets the same bytes again; what others wrote under its tag on a
// shared server is not written over.
func (r *run) promoted(ctx context.Context, version ledger.Entry) (register.Registered, error) {
	r.use(string(Export), version.Export)
	r.use(string(Register), version.Register)
	found := register.Registered{ModelID: version.ModelID, Tag: version.Tag, GGUF: version.GGUFSHA256}
	if private(r.plan.Config) && r.server == nil &&
		ollama.HasTag(ollama.Models(OllamaHome(r.machine.Home)), version.Tag, version.GGUFSHA256) {
		return found, nil
	}
	shown, err := r.tagged(ctx, version.Tag)
	switch {
	case err == nil && shown.ModelID == version.ModelID:
		return shown, nil
	case err == nil && !private(r.plan.Config):
		return register.Registered{}, fmt.Errorf("the baseline %s is another model on the server than the one that was promoted (model_id %.12s, it was %.12s), so it is not written over (hint: `ollama rm %s` there if nobody needs it, then run again)",
			version.Tag, shown.ModelID, version.ModelID, version.Tag)
	case err != nil && !errors.Is(err, ollama.ErrNotFound) && !errors.Is(err, ollama.ErrBroken):
		return register.Registered{}, err
	}
	r.machine.Progress.Say("baseline: the server has no %s as it was promoted, so it is made again", version.Tag)
	kept, err := r.machine.Kept(version.Export, version.Register)
	if err != nil {
		return register.Registered{}, fmt.Errorf("the baseline %s: %w (hint: promote another version, or set `eval.baseline: base`)", version.Tag, err)
	}
	server, err := r.ollama(ctx)
	if err != nil {
		return register.Registered{}, err
	}
	kept.Candidate.Tag = version.Tag
	if err := server.Client.Add(ctx, kept.Candidate.Path, kept.Candidate.Definition()); err != nil {
		return register.Registered{}, err
	}
	return found, sameModel(ctx, server.Client, found)
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
