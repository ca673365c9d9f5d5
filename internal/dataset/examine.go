package dataset

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/suite"
)

// maxRecords bounds the memory that a pull request can ask for.
const maxRecords = 1_000_000

// examination is what reading and checking a tree's record files gives.
type examination struct {
	options Options
	checks  []running // those that are not off
	files   []*file
	entries []entry // those that become rows, in the order of the files
	found   []found
}

// running is a check at work on a tree.
type running struct {
	check
	look  func(entry) []problem // of a check of rows
	first map[string]int        // of a check of pairs: the position of a key's first row
}

// examine reads the files in the order of their paths and runs every check.
func (t table) examine(ctx context.Context, o Options, files []repo.File, suites []suite.Suite) (*examination, error) {
	x := &examination{options: o}
	for _, c := range t {
		if o.Checks[c.name].Level == Off {
			continue
		}
		at := running{check: c, first: make(map[string]int)}
		if c.row != nil {
			at.look = c.row(suites)
		}
		x.checks = append(x.checks, at)
	}
	total := 0
	files = slices.SortedFunc(slices.Values(files), func(a, b repo.File) int { return strings.Compare(a.Path, b.Path) })
	for _, f := range files {
		file, records, problems := read(f.Path, f.Data)
		x.files = append(x.files, file)
		x.report(problems)
		if total += len(records); total > maxRecords {
			return nil, fmt.Errorf("%s: more than %d records in all (hint: leave files out of dataset.sources)", f.Path, maxRecords)
		}
		for _, r := range records {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if err := x.add(r); err != nil {
				return nil, err
			}
		}
	}
	labelNear(x.entries, o.Checks[checkNear].Threshold)
	x.lookAtAll()
	return x, ctx.Err()
}

// add reads and checks a record, and keeps its entry unless a finding speaks
// against it. What is no row by itself is not compared with others.
func (x *examination) add(r record) error {
	n := r.normalize(x.options)
	for _, c := range x.checks {
		if c.record != nil {
			n.problems = append(n.problems, c.of(r, c.record(r, n.fields))...)
		}
	}
	if !x.report(n.problems) {
		return nil
	}
	e := n.entry
	conversation, err := json.Marshal(e.messages(""))
	if err != nil {
		return fmt.Errorf("%s: record %d: %w", r.file.path, r.number, err)
	}
	e.digest = sha256.Sum256(conversation)
	if x.report(x.lookAt(e)) && x.report(x.compare(e)) {
		x.keep(e)
	}
	return nil
}

// lookAt asks the checks of rows.
func (x *examination) lookAt(e entry) (problems []problem) {
	for _, c := range x.checks {
		if c.look != nil {
			problems = append(problems, c.of(e.record, c.look(e))...)
		}
	}
	return problems
}

// compare asks the checks of pairs.
func (x *examination) compare(e entry) (problems []problem) {
	for _, c := range x.checks {
		if c.pair == nil {
			continue
		}
		if first, known := c.first[c.pair.key(e)]; known {
			problems = append(problems, c.of(e.record, c.pair.compare(x.entries[first], e))...)
		}
	}
	return problems
}

// keep makes the entry a row, with which later ones are compared.
func (x *examination) keep(e entry) {
	for _, c := range x.checks {
		if c.pair == nil {
			continue
		}
		key := c.pair.key(e)
		if _, known := c.first[key]; !known {
			c.first[key] = len(x.entries)
		}
	}
	x.entries = append(x.entries, e)
}

// lookAtAll asks the checks of all rows together, each about the same rows.
func (x *examination) lookAtAll() {
	out := make(map[int]bool)
	for _, c := range x.checks {
		if c.set == nil {
			continue
		}
		problems := c.set(x.entries)
		for _, i := range slices.Sorted(maps.Keys(problems)) {
			if !x.report(c.of(x.entries[i].record, []problem{problems[i]})) {
				out[i] = true
			}
		}
	}
	if len(out) == 0 {
		return
	}
	kept := make([]entry, 0, len(x.entries)-len(out))
	for i, e := range x.entries {
		if !out[i] {
			kept = append(kept, e)
		}
	}
	x.entries = kept
}

// of completes what the check has to say about a record.
func (c check) of(r record, problems []problem) []problem {
	for i := range problems {
		problems[i].check, problems[i].record = c.name, r
	}
	return problems
}

// report notes problems and says whether there is a row in spite of them.
func (x *examination) report(problems []problem) (row bool) {
	row = true
	for _, p := range problems {
		at := slices.IndexFunc(x.checks, func(c running) bool { return c.name == p.check })
		if at < 0 { // it is off
			continue
		}
		level := x.options.Checks[p.check].Level
		x.found = append(x.found, p.found(level))
		if c := x.checks[at]; level == Error || c.unreadable || c.leavesOut {
			row = false
		}
	}
	return row
}

func (r record) where() string {
	return fmt.Sprintf("%s:%d", r.file.path, r.file.line(r.offset))
}
