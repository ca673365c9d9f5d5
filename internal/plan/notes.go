package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/repo"
)

// maxNoted bounds the changes of the policy that are named one by one: with
// what else there is to say, as many as a comment shows.
const maxNoted = 7

// configChanges says what a change would make of the config, beside `train:`.
func configChanges(path string, now, then []byte) (notes []string) {
	for _, d := range config.Differences(now, then) {
		switch {
		case d.Before == "":
			notes = append(notes, fmt.Sprintf("%s: %s would be %s, and is not set now", path, d.Key, d.After))
		case d.After == "":
			notes = append(notes, fmt.Sprintf("%s: %s would not be set, and is %s now", path, d.Key, d.Before))
		default:
			notes = append(notes, fmt.Sprintf("%s: %s would be %s, and is %s now", path, d.Key, d.After, d.Before))
		}
	}
	return notes
}

// fileChanges says which suites, prompts and templates a change alters.
func (p *Plan) fileChanges(head *repo.Tree) (notes []string) {
	globs := slices.Clone(p.Config.Eval.Suites)
	for _, file := range []string{p.Config.Eval.SanityPrompts, p.Config.Serve.TemplateFile} {
		if file != "" {
			globs = append(globs, file)
		}
	}
	now, then := map[string]string{}, map[string]string{}
	for _, glob := range globs {
		for _, file := range p.policyTree.Match(glob) {
			now[file.Path] = file.Blob
		}
		for _, file := range head.Match(glob) {
			then[file.Path] = file.Blob
		}
	}
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
	return notes
}

// note adds changes of the policy, which is the base's until they are merged.
func (p *Plan) note(changes []string) {
	if len(changes) == 0 {
		return
	}
	if left := len(changes) - maxNoted; left > 0 {
		changes = append(changes[:maxNoted], fmt.Sprintf("and %d more changes of the policy", left))
	}
	p.Notes = append(p.Notes, "this change edits the policy, which takes effect after the merge; its verdict is by the policy of "+p.BaseRef)
	p.Notes = append(p.Notes, changes...)
}
