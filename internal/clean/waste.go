package clean

import (
	"cmp"
	"slices"

	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// waste is what a clean removes from a home.
type waste struct {
	home   string
	store  *store.Store
	models string // the private server's

	runs    []Item
	results []wasteResult
	drafts  []store.DraftInfo
	tags    []Item // of the private server
	blobs   []Item // that no tag names even now
}

// wasteResult is a result that nothing needs.
type wasteResult struct {
	stage string
	key   store.Key
	bytes int64
	made  register.Registered // a registration whose tag on a shared server goes too; else zero
}

const unneeded = "nothing needs it"

func (w wasteResult) item() Item {
	return Item{Kind: KindResult, Name: w.stage + "/" + string(w.key), Bytes: w.bytes, Why: unneeded}
}

// tag is the one on the shared server; its size is not known here.
func (w wasteResult) tag() Item {
	return Item{Kind: KindTag, Name: w.made.Tag, Server: w.made.Host, Why: unneeded}
}

func (w waste) items() []Item {
	items, tags := slices.Clone(w.runs), slices.Clone(w.tags)
	for _, result := range w.results {
		items = append(items, result.item())
		if result.made.Tag != "" {
			tags = append(tags, result.tag())
		}
	}
	for _, draft := range w.drafts {
		items = append(items, Item{Kind: KindDraft, Name: draft.Stage + "/" + string(draft.Key), Bytes: draft.Size, Why: unneeded})
	}
	return slices.Concat(items, tags, w.blobs)
}

// findWaste inspects everything that the home keeps.
func findWaste(m machine.Machine, o Options) (waste, error) {
	w := waste{home: m.Home, store: m.Store(), models: ollama.Models(machine.OllamaHome(m.Home))}
	history, err := ledger.Load(m.Home)
	if err != nil {
		return w, err
	}
	promoted := history.Promoted()
	records, err := runs.All(m.Home)
	if err != nil {
		return w, err
	}
	removed := removable(records, promoted, o, m.Clock())
	if w.runs, err = findRuns(m.Home, removed); err != nil {
		return w, err
	}
	stay := slices.DeleteFunc(records, func(r runs.Record) bool { return removed[r.ID] != "" })
	needed, err := findNeeds(m, stay, promoted)
	if err != nil {
		return w, err
	}
	named, err := w.findResults(needed)
	if err != nil {
		return w, err
	}
	return w, w.findTags(named)
}

// findRuns are the removed runs, by id the reason, and those without a readable
// record.
func findRuns(home string, removed map[string]string) ([]Item, error) {
	var items []Item
	for id, why := range removed {
		items = append(items, Item{Kind: KindRun, Name: id, Why: why})
	}
	unreadable, err := runs.Unreadable(home)
	if err != nil {
		return nil, err
	}
	for _, id := range unreadable {
		items = append(items, Item{Kind: KindRun, Name: id, Why: "its record cannot be read"})
	}
	for i := range items {
		if items[i].Bytes, err = store.Size(runs.Folder(home, items[i].Name)); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.Name, b.Name) })
	return items, nil
}

// findResults looks for the results that nothing needs and for the drafts that no
// run began. It returns the tags that the others name, and those found.
func (w *waste) findResults(needed needs) (named tagSet, err error) {
	entries, err := w.store.Entries()
	if err != nil {
		return nil, err
	}
	named = tagSet{} // by the registrations that stay
	for _, entry := range entries {
		made := registration(entry)
		use := runs.Use{Kind: entry.Manifest.Stage, Key: entry.Manifest.Key}
		if needed.results[use] {
			named.add(made.Host, made.Tag)
			continue
		}
		size, err := store.Size(entry.Dir)
		if err != nil {
			return nil, err
		}
		w.results = append(w.results, wasteResult{stage: use.Kind, key: use.Key, bytes: size, made: made})
	}
	for i, result := range w.results {
		made := result.made
		if made.Host == "" || !runs.Candidate(made.Tag) || !named.add(made.Host, made.Tag) {
			w.results[i].made = register.Registered{}
		}
	}
	drafts, err := w.store.Drafts()
	w.drafts = slices.DeleteFunc(drafts, func(d store.DraftInfo) bool { return needed.drafts[runs.Use{Kind: d.Stage, Key: d.Key}] })
	return named, err
}

// registration is what a register stage left; zero for other results.
func registration(entry store.Entry) (made register.Registered) {
	if entry.Manifest.Stage != string(step.Register) || entry.Decode(&made) != nil {
		return register.Registered{}
	}
	return made
}
