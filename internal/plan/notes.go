package plan

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/text"
)

// maxNoted bounds the changes of the policy that are listed: with
// the other notes, as many as a comment shows.
const maxNoted = 7

// configChanges lists the changes of the config, besides `train:`.
func configChanges(path string, now, then []byte) (notes []string) {
	for _, d := range config.Differences(now, then) {
		switch {
		case d.Before == "":
			notes = append(notes, fmt.Sprintf("%s: %s would be set to %s (not set now)", path, d.Key, d.After))
		case d.After == "":
			notes = append(notes, fmt.Sprintf("%s: %s would be unset (now %s)", path, d.Key, d.Before))
		default:
			notes = append(notes, fmt.Sprintf("%s: %s would be %s (now %s)", path, d.Key, d.After, d.Before))
		}
	}
	return notes
}

// maxKeys bounds the keys of `train:` in one note, which has a line of its own.
const maxKeys = 6

// noteTraining notes which values under `train:` a change sets, and whether they are
// used: none is if one exceeds the limits.
func (p *Plan) noteTraining(over string, changes []config.Difference) {
	if over != "" {
		p.Notes = append(p.Notes, "this change exceeds the base branch's limits ("+over+"), so its own `train:` values were ignored: results use the base branch's values")
	}
	for some := range slices.Chunk(changes, maxKeys) {
		var keys []string
		for _, d := range some {
			keys = append(keys, fmt.Sprintf("%s %s instead of %s", d.Key, cmp.Or(d.After, "unset"), cmp.Or(d.Before, "unset")))
		}
		p.Notes = append(p.Notes, "this change sets "+strings.Join(keys, ", "))
	}
}

// fileChanges lists the suites, prompts and templates that a change alters, and the
// base's lock if it does.
func (p *Plan) fileChanges(ctx context.Context, head *repo.Tree) (notes []string, err error) {
	globs := slices.Clone(p.Config.Eval.Suites)
	for _, file := range []string{p.lockPath, p.Config.Eval.SanityPrompts, p.Config.Serve.TemplateFile} {
		if file != "" {
			globs = append(globs, file)
		}
	}
	nowFiles, err := p.policyTree.Match(ctx, globs...)
	if err != nil {
		return nil, err
	}
	thenFiles, err := head.Match(ctx, globs...)
	if err != nil {
		return nil, err
	}
	now, then := repo.Blobs(nowFiles), repo.Blobs(thenFiles)
	all := maps.Clone(now)
	maps.Copy(all, then)
	for _, path := range slices.Sorted(maps.Keys(all)) {
		switch {
		case now[path] == then[path]:
		case now[path] == "":
			notes = append(notes, path+" would be added")
		case then[path] == "":
			notes = append(notes, path+" would be deleted")
		default:
			notes = append(notes, path+" would be changed")
		}
	}
	return notes, nil
}

// note adds changes of the policy, which is the base's until they are merged.
func (p *Plan) note(changes []string) {
	if len(changes) == 0 {
		return
	}
	if left := len(changes) - maxNoted; left > 0 {
		changes = append(changes[:maxNoted], "and "+text.Count(left, "more change")+" of the policy")
	}
	p.Notes = append(p.Notes, "this change edits the policy, which takes effect after the merge; this verdict uses the policy of "+p.BaseRef)
	p.Notes = append(p.Notes, changes...)
}
