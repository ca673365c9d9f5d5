package clean

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/runs"
)

// remove removes the waste in an order in which nothing ever points to what
// is gone. It returns what has to stay because a shared server does not answer.
func (w waste) remove(ctx context.Context) (left []Item, err error) {
	for _, run := range w.runs {
		if err := unlessEnded(ctx, func() error { return runs.Remove(w.home, run.Name) }); err != nil {
			return nil, err
		}
	}
	if left, err = w.removeResults(ctx); err != nil {
		return nil, err
	}
	for _, draft := range w.drafts {
		if err := unlessEnded(ctx, func() error { return os.RemoveAll(draft.Dir) }); err != nil {
			return nil, err
		}
	}
	for _, tag := range w.tags {
		if err := unlessEnded(ctx, func() error { return ollama.Remove(w.models, tag.Name) }); err != nil {
			return nil, err
		}
	}
	err = unlessEnded(ctx, func() error {
		_, _, err := ollama.Prune(w.models, false)
		return err
	})
	return left, err
}

// unlessEnded removes something, but not after the context has ended.
func unlessEnded(ctx context.Context, remove func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return remove()
}

// removeResults removes the results. A registration stays while its tag on a
// shared server cannot be deleted, because nothing else names that tag.
func (w waste) removeResults(ctx context.Context) (left []Item, err error) {
	left = []Item{}
	down := map[string]error{} // servers that did not answer, each asked once
	for _, result := range w.results {
		if made := result.made; made.Tag != "" {
			if down[made.Host] == nil {
				down[made.Host] = deleteCandidate(ctx, made)
			}
			if err := down[made.Host]; err != nil {
				tag, item := result.tag(), result.item()
				tag.Why, item.Why = err.Error(), fmt.Sprintf("it is the only record of %s on %s", made.Tag, made.Host)
				left = append(left, item, tag)
				continue
			}
		}
		if err := unlessEnded(ctx, func() error { return w.store.Remove(result.stage, result.key) }); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// deleteCandidate deletes a candidate from a shared server, unless the tag is
// gone or another model's by now.
func deleteCandidate(ctx context.Context, made register.Registered) error {
	client, err := ollama.Dial(made.Host)
	if err != nil {
		return err
	}
	shown, err := client.Show(ctx, made.Tag)
	if errors.Is(err, engine.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if register.ModelID(shown) != made.ModelID {
		return nil
	}
	return client.Delete(ctx, made.Tag)
}
