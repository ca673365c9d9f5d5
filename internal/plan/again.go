package plan

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"

	"github.com/tunegate/tunegate/internal/repo"
)

// ErrNoModel says that no model of a commit's data is kept that could be judged
// again.
var ErrNoModel = errors.New("no model is kept")

// Again is the plan of judging once more what was made of a commit, the head,
// that the base branch holds: by the policy of the base tip, about the records
// and the recipe of the commit itself. Its errors are ErrInput, or ErrNoModel,
// unless the context ended.
func Again(ctx context.Context, r *repo.Repo, configPath string, refs Refs) (*Plan, error) {
	p, err := again(ctx, r, configPath, refs)
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrNoModel) {
		return nil, Input(err)
	}
	return p, err
}

// Tip is the plan of what a branch (empty: the default one) holds. Its errors are
// ErrInput unless the context ended.
func Tip(ctx context.Context, r *repo.Repo, configPath, branch string) (*Plan, error) {
	if branch == "" {
		var err error
		if branch, err = r.DefaultBranch(ctx); err != nil {
			return nil, Input(err)
		}
	}
	return New(ctx, r, configPath, Refs{Base: branch, Head: branch})
}

func again(ctx context.Context, r *repo.Repo, configPath string, refs Refs) (*Plan, error) {
	if refs.Base == "" {
		var err error
		if refs.Base, err = r.DefaultBranch(ctx); err != nil {
			return nil, err
		}
	}
	merged, err := r.Contains(ctx, refs.Base, refs.Head)
	if err != nil {
		return nil, err
	}
	if !merged {
		return nil, fmt.Errorf("%s does not contain the commit %.100q, and only what was merged is promoted (hint: merge it first; in a workflow, fetch the whole history: `fetch-depth: 0`)", repo.ShortName(refs.Base), refs.Head)
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
		p.Notes = append(p.Notes, fmt.Sprintf("`serve` or `export` of the config changed since: the model is served as %s says, the baseline as %s does", p.HeadRef, p.BaseRef))
	}
	p.Head, p.headBlobs, p.Lineage = made.Head, made.headBlobs, made.Lineage
	p.Config.Train, p.Config.Dataset = made.Config.Train, made.Config.Dataset
	if !maps.Equal(p.baseIdentity(), made.baseIdentity()) {
		return nil, p.NoModel("`base` of its config is another than that of " + p.BaseRef)
	}
	return p, nil
}

// NoModel says that the plan's head has no model, why, and how to get one.
func (p *Plan) NoModel(why string) error {
	return fmt.Errorf("%w of the data at %s (lineage %.8s): %s (hint: have the retrain workflow, retrain.yml, train what the branch holds, or run `tunegate run --base %s --head %[5]s` here; then promote that)",
		ErrNoModel, p.HeadCommit(), p.Lineage, why, p.HeadSHA)
}

// HeadCommit names the head's commit for messages, with the name that it goes by.
func (p *Plan) HeadCommit() string {
	if p.HeadRef == "" || p.HeadRef == p.HeadSHA {
		return fmt.Sprintf("commit %.12s", p.HeadSHA)
	}
	return fmt.Sprintf("commit %.12s (%.100q)", p.HeadSHA, p.HeadRef)
}
