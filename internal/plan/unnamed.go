package plan

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/text"
)

// Bounds on checking changed files that no source names.
const (
	maxLookedAt = 50       // files
	maxGlimpse  = 64 << 10 // bytes of each
)

// findUnnamed warns of files that the change adds or edits, that look like records and
// that no source names: they would silently have no effect. A file that only
// repeats the records is none of them.
func (p *Plan) findUnnamed(ctx context.Context, r *repo.Repo, base, head *repo.Tree) error {
	changed, err := r.Changed(ctx, base, head, maxLookedAt, func(name string) bool {
		_, named := p.Config.Dataset.SourceFor(name)
		return !named && slices.Contains([]string{".json", ".jsonl", ".ndjson"}, strings.ToLower(path.Ext(name)))
	})
	if err != nil {
		return err
	}
	learnt := sync.OnceValues(func() (answers, error) { return p.answersOf(ctx, p.Head) })
	for _, file := range changed {
		beginning, err := r.Beginning(ctx, file, maxGlimpse)
		if err != nil {
			return err
		}
		if !looksLikeRecords(beginning) {
			continue
		}
		known, err := learnt()
		if err != nil {
			return err
		}
		if file, _, err = head.Lookup(ctx, file.Path); err != nil {
			return err
		}
		said, err := p.answersOf(ctx, []repo.File{file})
		if err != nil {
			return err
		}
		if said.within(known) {
			continue
		}
		p.Unnamed = append(p.Unnamed, dataset.Finding{
			Check: dataset.CheckUnnamed, Level: string(dataset.Warn), New: true, File: file.Path, Line: 1,
			Message: "this file looks like records, but no source of the config names it, so it is not trained on (hint: name it under `dataset.sources` in a change of the config, or move it to a path that a source names)",
		})
	}
	for i, finding := range p.Unnamed {
		if i == maxNoted {
			p.Notes = append(p.Notes, "and "+text.Count(len(p.Unnamed)-i, "more record-like file"))
			break
		}
		p.Notes = append(p.Notes, fmt.Sprintf("%q looks like records, but no source of the config names it (hint: name it under `dataset.sources`)", finding.File))
	}
	return nil
}
