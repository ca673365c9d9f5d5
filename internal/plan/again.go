package plan

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"

	"github.com/tunegate/tunegate/internal/repo"
)

// ErrNoModel is the error if no model of a commit's data is kept that could be judged
// again.
var ErrNoModel = errors.New("no model is kept")

// Again is the plan of judging again the model made of a commit, the head,
// that the base branch contains: by the policy of the base tip, on the records
// and the recipe of the commit itself. Its errors are ErrInput, or ErrNoModel,
// unless the context ended.
func Again(ctx context.Context, r *repo.Repo, configPath string, refs Refs) (*Plan, error) {
	p, err := again(ctx, r, configPath, refs)
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrNoModel) {
		return nil, Input(err)
	}
	return p, err
}

// Tip is the plan of a branch's content (empty: the default branch). Its errors are
// ErrInput unless the context ended.
func Tip(ctx context.Context, r *repo.Repo, configPath, branch string) (*Plan, error) {
	branch, err := r.OrDefault(ctx, branch)
	if err != nil {
		return nil, Input(err)
	}
	return New(ctx, r, configPath, Refs{Base: branch, Head: branch})
}

func again(ctx context.Context, r *repo.Repo, configPath string, refs Refs) (*Plan, error) {
	var err error
	if refs.Base, err = r.OrDefault(ctx, refs.Base); err != nil {
		return nil, err
	}
	merged, err := r.Contains(ctx, refs.Base, refs.Head)
	if err != nil {
		return nil, err
	}
	if !merged {
		return nil, fmt.Errorf("%s does not contain the commit %.100q, and only merged commits are promoted (hint: merge it first; in a workflow, fetch the whole history: `fetch-depth: 0`)", repo.ShortName(refs.Base), refs.Head)
	}
	made, err := New(ctx, r, configPath, Refs{Base: refs.Head, Head: refs.Head})
	if err != nil {
		return nil, fmt.Errorf("at %.100q: %w", refs.Head, err)
	}
	p, err := New(ctx, r, configPath, refs)
	if err != nil {
		return nil, err
	}
	if !reflect.DeepEqual(p.Config.Serve, made.Config.Serve) || p.Template != made.Template || p.Config.Export != made.Config.Export {
		p.Notes = append(p.Notes, fmt.Sprintf("`serve` or `export` in the config changed since: the model is served as configured at %s, the baseline as configured at %s", p.HeadRef, p.BaseRef))
	}
	p.Head, p.headBlobs, p.Lineage = made.Head, made.headBlobs, made.Lineage
	p.Config.Train, p.Config.Dataset = made.Config.Train, made.Config.Dataset
	if !maps.Equal(p.baseIdentity(), made.baseIdentity()) {
		return nil, p.NoModel("the `base` of its config differs from that of " + p.BaseRef)
	}
	return p, nil
}

// NoModel is the error that the plan's head has no model, with the reason and a hint.
func (p *Plan) NoModel(why string) error {
	return fmt.Errorf("%w for the data at %s (lineage %.8s): %s (hint: run the retrain workflow, retrain.yml, or `tunegate run --base %s --head %[5]s` here; then promote that model)",
		ErrNoModel, p.HeadCommit(), p.Lineage, why, p.HeadSHA)
}

// HeadCommit is the head's commit for messages, with its ref.
func (p *Plan) HeadCommit() string {
	if p.HeadRef == "" || p.HeadRef == p.HeadSHA {
		return fmt.Sprintf("commit %.12s", p.HeadSHA)
	}
	return fmt.Sprintf("commit %.12s (%.100q)", p.HeadSHA, p.HeadRef)
}
