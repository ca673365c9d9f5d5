package dataset

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/text"
)

// examination is what checking a tree's records gives.
type examination struct {
	options   Options
	checks    []running // those that are not off
	files     []*records.File
	sources   map[*records.File]Source // that name them
	entries   []kept                   // those that become rows, in the order of the files
	documents *text.Documents
	texts     *spool
	tags      map[string]map[string]string // each once
	found     tally
}

// running is a check at work on a tree.
type running struct {
	check
	look func(entry) []problem // of a check of rows
	keys []key                 // of a check of pairs, by the rows' positions
}

// examine runs every check on the files' records, which are the input's.
func (t table) examine(ctx context.Context, o Options, files []*records.File, in Input, texts *spool) (*examination, error) {
	x := &examination{
		options: o, files: files, texts: texts, found: newTally(), tags: make(map[string]map[string]string),
		sources:   make(map[*records.File]Source, len(files)),
		documents: text.NewDocuments(o.Checks[checkNear].Threshold),
	}
	for _, c := range t {
		if o.Checks[c.name].Level == Off {
			continue
		}
		at := running{check: c}
		if c.row != nil {
			at.look = c.row(in)
		}
		x.checks = append(x.checks, at)
	}
	for _, f := range files {
		source, named := o.SourceFor(f.Path)
		if !named {
			return nil, fmt.Errorf("%s matches no dataset source (hint: name it under dataset.sources)", f.Path)
		}
		x.sources[f] = source
		for i := range f.Records {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if err := x.add(&f.Records[i]); err != nil {
				return nil, err
			}
		}
	}
	x.lookAtPairs()
	x.labelNear()
	x.lookAtAll()
	return x, ctx.Err()
}

// add reads and checks a record, and keeps it unless a finding speaks against it.
// What is no row by itself is not compared with others.
func (x *examination) add(r *records.Record) error {
	if m, none := r.Mistake(); none {
		x.report([]problem{stumbled(*r, m)})
		return nil
	}
	n := normalize(*r, x.options)
	for _, c := range x.checks {
		if c.record != nil {
			n.problems = append(n.problems, c.of(*r, c.record(*r, n.fields))...)
		}
	}
	if !x.report(n.problems) {
		return nil
	}
	e := n.entry
	conversation, err := json.Marshal(e.messages(""))
	if err != nil {
		return fmt.Errorf("%s: record %d: %w", r.File.Path, r.Number, err)
	}
	e.digest = sha256.Sum256(conversation)
	if x.report(x.lookAt(e)) {
		return x.keep(r, e)
	}
	return nil
}

// keep makes the record a row, unless a comparison with others speaks against it.
func (x *examination) keep(r *records.Record, e entry) error {
	k, err := x.kept(e)
	if err != nil {
		return err
	}
	k.Record = r
	x.entries = append(x.entries, k)
	x.documents.Add(e.wording())
	for i := range x.checks {
		if c := &x.checks[i]; c.pair != nil {
			c.keys = append(c.keys, keyOf(c.pair.key(e)))
		}
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

// lookAtPairs asks the checks of pairs. Which of two rows is left out is a matter of
// the files' order alone, so that the same records give the same rows whatever the
// base is; which of the two a finding is about, of what the change added.
func (x *examination) lookAtPairs() {
	order, fits := x.oldFirst(), make([]bool, len(x.entries))
	if slices.IsSorted(order) {
		x.compare(order, func(i int, problems []problem) bool { fits[i] = x.report(problems); return fits[i] })
	} else {
		x.compare(positions(len(x.entries)), func(i int, problems []problem) bool { fits[i] = x.fit(problems); return fits[i] })
		x.compare(order, func(_ int, problems []problem) bool { return x.report(problems) })
	}
	x.drop(func(i int) bool { return !fits[i] })
}

// compare looks at each row, in an order, beside the first one that has the same key
// and that was taken.
func (x *examination) compare(order []int, take func(i int, problems []problem) bool) {
	first := make([]map[key]int, len(x.checks))
	for at := range first {
		first[at] = make(map[key]int)
	}
	for _, i := range order {
		var problems []problem
		for at, c := range x.checks {
			if c.pair == nil {
				continue
			}
			if other, known := first[at][c.keys[i]]; known {
				problems = append(problems, c.of(*x.entries[i].Record, c.pair.compare(x.entry(other), x.entry(i)))...)
			}
		}
		if !take(i, problems) {
			continue
		}
		for at, c := range x.checks {
			if c.pair == nil {
				continue
			}
			if _, known := first[at][c.keys[i]]; !known {
				first[at][c.keys[i]] = i
			}
		}
	}
}

// drop takes rows out.
func (x *examination) drop(out func(i int) bool) {
	left := x.entries[:0]
	for i, k := range x.entries {
		if !out(i) {
			left = append(left, k)
		}
	}
	x.entries = left
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
			if !x.report(c.of(*x.entries[i].Record, []problem{problems[i]})) {
				out[i] = true
			}
		}
	}
	x.drop(func(i int) bool { return out[i] })
}

// of completes what the check has to say about a record.
func (c check) of(r records.Record, problems []problem) []problem {
	for i := range problems {
		problems[i].check, problems[i].record = c.name, r
	}
	return problems
}

// report notes problems and says whether there is a row in spite of them.
func (x *examination) report(problems []problem) (row bool) {
	for _, p := range problems {
		if _, on := x.running(p); on {
			x.found.add(p.found(x.options.Checks[p.check].Level))
		}
	}
	return x.fit(problems)
}

// fit says whether there is a row in spite of problems.
func (x *examination) fit(problems []problem) bool {
	return !slices.ContainsFunc(problems, func(p problem) bool {
		c, on := x.running(p)
		return on && (x.options.Checks[p.check].Level == Error || c.unreadable || c.leavesOut)
	})
}

// running is the check that a problem is of, unless it is off.
func (x *examination) running(p problem) (check, bool) {
	at := slices.IndexFunc(x.checks, func(c running) bool { return c.name == p.check })
	if at < 0 {
		return check{}, false
	}
	return x.checks[at].check, true
}

// weights are how often each row is written.
func (x *examination) weights() []int {
	all := make([]int, len(x.entries))
	for i, k := range x.entries {
		all[i] = x.sources[k.File].Weight
	}
	return all
}
