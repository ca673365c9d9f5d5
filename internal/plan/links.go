package plan

import (
	"context"
	"errors"
	"slices"

	"github.com/tunegate/tunegate/internal/repo"
)

// refuseLinks refuses links and submodules that a change adds where records or
// suites are named: they would silently not be read. Those that
// the base has too are only noted.
func (p *Plan) refuseLinks(ctx context.Context, base, head *repo.Tree) error {
	globs := slices.Concat([]string{p.lockPath}, p.Config.Eval.Suites, p.recordGlobs())
	old, err := base.Others(ctx, globs...)
	if err != nil {
		return err
	}
	known := map[repo.Other]bool{}
	for _, other := range old {
		known[other] = true
	}
	others, err := head.Others(ctx, globs...)
	if err != nil {
		return err
	}
	var mistakes, notes []error
	for _, other := range others {
		if known[other] {
			notes = append(notes, other.Refused())
		} else {
			mistakes = append(mistakes, ofHead(other.Refused()))
		}
	}
	for _, note := range notes[:min(len(notes), maxNoted)] {
		p.Notes = append(p.Notes, note.Error())
	}
	return errors.Join(mistakes[:min(len(mistakes), maxNoted)]...)
}
