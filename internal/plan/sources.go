package plan

import (
	"context"
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/strictyaml"
	"github.com/tunegate/tunegate/internal/text"
)

// recordGlobs are the config's patterns of record files.
func (p *Plan) recordGlobs() (globs []string) {
	for _, source := range p.Config.Dataset.Sources {
		globs = append(globs, source.Path)
	}
	return globs
}

func (p *Plan) records(ctx context.Context, tree *repo.Tree) ([]repo.File, error) {
	files, err := tree.Match(ctx, p.recordGlobs()...)
	if err != nil {
		return nil, fmt.Errorf("`dataset.sources`: %w", err)
	}
	return files, repo.CheckSizes(files)
}

// noRecords is the error of a config none of whose sources matches a file: there is
// nothing to train on, even if each source is optional.
func noRecords(configPath, ref string) error {
	return marked{fmt.Errorf("%s: `dataset.sources` match no file of %s, so there is nothing to train on (hint: commit record files, or correct the paths, which start at the top of the repository; `optional: true` excuses a source, not all of them)", configPath, ref), ErrNoRecords}
}

// FixUnmatched is the hint for a source that matches no file.
const FixUnmatched = "correct the path or remove the source; `optional: true` beside the path lets it match nothing"

// findUnmatched warns of sources that match no file and so have no effect: the
// path may be misspelt, or the files gone. An optional one waits for its files.
func (p *Plan) findUnmatched(configPath string) error {
	document, err := strictyaml.Parse(configPath, p.configText)
	if err != nil {
		return err
	}
	for i, source := range p.Config.Dataset.Sources {
		matches := func(f repo.File) bool { return repo.Match(source.Path, f.Path) }
		if !source.Optional && !slices.ContainsFunc(p.Head, matches) {
			p.Unmatched = append(p.Unmatched, document.Errorf([]any{"dataset", "sources", i}, "the source %q matches no file of %s", source.Path, p.HeadRef).Error())
		}
	}
	for _, unmatched := range p.Unmatched[:min(len(p.Unmatched), maxNoted)] {
		p.Notes = append(p.Notes, unmatched+" (hint: "+FixUnmatched+")")
	}
	if left := len(p.Unmatched) - maxNoted; left > 0 {
		p.Notes = append(p.Notes, "and "+text.Count(left, "more source")+" without a file")
	}
	return nil
}
