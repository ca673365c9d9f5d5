package runner

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

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

// findWaste looks at everything that the home keeps.
func findWaste(m machine.Machine, o CleanOptions) (waste, error) {
	w := waste{home: m.Home, store: storeOf(m), models: ollama.Models(machine.OllamaHome(m.Home))}
	history, err := ledger.Load(m.Home)
	if err != nil {
		return w, err
	}
	promoted := promotions(history)
	records, err := runs.All(m.Home)
	if err != nil {
		return w, err
	}
	setups, err := runs.Setups(m.Home)
	if err != nil {
		return w, err
	}
	removed := removable(records, promoted, o, m.Clock())
	if w.runs, err = findRuns(m.Home, removed); err != nil {
		return w, err
	}
	needed, begun := map[runs.Use]bool{}, map[runs.Use]bool{}
	for _, record := range records {
		if removed[record.ID] == "" {
			need(needed, uses(record)...)
			need(begun, resumable(record)...)
		}
	}
	for _, record := range setups {
		need(needed, record.Uses...)
		need(begun, resumable(record)...)
	}
	for _, e := range promoted {
		need(needed, runs.Use{Kind: string(step.Export), Key: e.Export}, runs.Use{Kind: string(step.Register), Key: e.Register})
	}
	return w, w.findUnneeded(needed, begun)
}

// uses are the results that a run needs. A record of the first version has no
// list of them, but its stages.
func uses(record runs.Record) []runs.Use {
	if record.Uses != nil {
		return record.Uses
	}
	var uses []runs.Use
	for _, stage := range record.Stages {
		uses = append(uses, runs.Use{Kind: string(stage.Stage), Key: stage.Key})
	}
	return uses
}

// resumable are the results whose drafts the next run takes up where this one
// stopped.
func resumable(record runs.Record) (begun []runs.Use) {
	for _, stage := range record.Stages {
		if stage.Stage == step.Train || stage.Stage == step.Eval {
			begun = append(begun, runs.Use{Kind: string(stage.Stage), Key: stage.Key})
		}
	}
	return begun
}

func need(needed map[runs.Use]bool, uses ...runs.Use) {
	for _, use := range uses {
		needed[use] = true
	}
}

// promotions are the ledger's entries of all versions that were ever promoted.
func promotions(history ledger.Ledger) []ledger.Entry {
	var all []ledger.Entry
	for _, name := range history.Names() {
		all = append(all, history.Versions(name)...)
		for _, find := range []func(string) (ledger.Entry, bool){history.Stable, history.Previous} {
			if entry, found := find(name); found {
				all = append(all, entry)
			}
		}
	}
	return all
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
		items = append(items, Item{Kind: KindRun, Name: id, Why: "its record can not be read"})
	}
	for i := range items {
		if items[i].Bytes, err = store.Size(runs.Folder(home, items[i].Name)); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.Name, b.Name) })
	return items, nil
}

// findUnneeded looks for the results, tags and blobs that nothing needs, and for
// the drafts that no run began.
func (w *waste) findUnneeded(needed, begun map[runs.Use]bool) error {
	entries, err := w.store.Entries()
	if err != nil {
		return err
	}
	named := tagSet{} // by the registrations that stay
	for _, entry := range entries {
		made := registration(entry)
		use := runs.Use{Kind: entry.Manifest.Stage, Key: entry.Manifest.Key}
		if needed[use] {
			named.add(made.Host, made.Tag)
			continue
		}
		size, err := store.Size(entry.Dir)
		if err != nil {
			return err
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
	if err != nil {
		return err
	}
	w.drafts = slices.DeleteFunc(drafts, func(d store.DraftInfo) bool { return begun[runs.Use{Kind: d.Stage, Key: d.Key}] })
	return w.findTags(named)
}

// registration is what a register stage left; zero for other results.
func registration(entry store.Entry) (made register.Registered) {
	if entry.Manifest.Stage != string(step.Register) || entry.Decode(&made) != nil {
		return register.Registered{}
	}
	return made
}

// tagSet holds tags with their servers. The case of a tag does not matter.
type tagSet map[[2]string]bool

// add says whether the tag is new.
func (s tagSet) add(server, tag string) bool {
	key := [2]string{server, strings.ToLower(tag)}
	if s[key] {
		return false
	}
	s[key] = true
	return true
}

// findTags looks for candidates on the private server that no registration
// names, and for blobs that no tag names. Weights that only removed tags share
// are counted with the first of these.
func (w *waste) findTags(named tagSet) error {
	stored, err := ollama.Stored(w.models)
	if err != nil {
		return err
	}
	var removed []ollama.StoredTag
	counted := map[string]bool{} // weights that stay, or that were counted
	for _, tag := range stored {
		if runs.Candidate(tag.Tag) && named.add("", tag.Tag) {
			removed = append(removed, tag)
		} else {
			counted[tag.GGUF] = true
		}
	}
	for _, tag := range removed {
		item := Item{Kind: KindTag, Name: tag.Tag, Why: unneeded}
		if !counted[tag.GGUF] {
			item.Bytes, counted[tag.GGUF] = tag.Size, true
		}
		w.tags = append(w.tags, item)
	}
	_, blobs, err := ollama.Prune(w.models, true)
	if err != nil {
		return err
	}
	for _, name := range blobs {
		size, err := store.Size(filepath.Join(w.models, "blobs", name))
		if err != nil {
			return err
		}
		w.blobs = append(w.blobs, Item{Kind: KindBlob, Name: name, Bytes: size, Why: "no tag names it"})
	}
	return nil
}
