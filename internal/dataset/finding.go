package dataset

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/text"
)

const (
	maxMessage = 300 // runes
	maxQuoted  = 60  // runes of a record in a message
	// maxFindings bounds the findings that are kept of one check, old and new apart.
	maxFindings = 1000
)

// Finding is something that a check has to say about a record.
type Finding struct {
	Check string `json:"check"`
	Level string `json:"level"`
	// New: the change added or edited the record. Of a pair, the finding is about the
	// one that it added.
	New  bool   `json:"new"`
	File string `json:"file"`
	// Line is where the record begins, or the place of a mistake in the JSON, from 1.
	Line int `json:"line"`
	// Column counts characters from 1: of a mistake in the JSON, or of the record if
	// another one begins on its line; 0: the record as a whole.
	Column int `json:"column,omitzero"`
	// See is the file:line of the other record, or of the suite's case.
	See string `json:"see,omitzero"`
	// Message has at most 300 characters, none of them a control character, and
	// ends with a hint.
	Message string `json:"message"`
}

// Where is file:line, or file:line:column where the column is known.
func (f Finding) Where() string {
	where := fmt.Sprintf("%s:%d", f.File, f.Line)
	if f.Column > 0 {
		where += fmt.Sprintf(":%d", f.Column)
	}
	return where
}

// OnlyNew gives the new findings, errors first.
func OnlyNew(findings []Finding) []Finding {
	var blocking, rest []Finding
	for _, finding := range findings {
		switch {
		case finding.Blocks():
			blocking = append(blocking, finding)
		case finding.New:
			rest = append(rest, finding)
		}
	}
	return append(blocking, rest...)
}

// Blocks says whether the finding alone makes the verdict a fail.
func (f Finding) Blocks() bool { return f.New && f.Level == string(Error) }

// problem is what reading or a check has to say, before the level is known.
type problem struct {
	check  string
	record records.Record
	offset int // in the file; -1: the record as a whole
	see    string
	what   string
	hint   string
}

// stumbled is a problem that reading a record found.
func stumbled(r records.Record, m records.Mistake) problem {
	return problem{check: m.Check, record: r, offset: m.Offset, what: m.What, hint: m.Hint}
}

// whole is a problem of a record as a whole.
func whole(what, hint string) problem { return problem{offset: -1, what: what, hint: hint} }

func (p problem) found(level Level) Finding {
	finding := Finding{
		Check: p.check, Level: string(level), New: p.record.Added, File: p.record.File.Path,
		Line: p.record.Line, Column: p.record.Column(), See: p.see, Message: message(p.what, p.hint),
	}
	if p.offset >= 0 {
		finding.Line, finding.Column = p.record.Position(p.offset)
	}
	return finding
}

// message joins what is wrong and the hint, shortening the former.
func message(what, hint string) string {
	hint = " (hint: " + hint + ")"
	return text.Begin(what, maxMessage-utf8.RuneCountInString(hint)) + hint
}

// quoted shows a piece of a record in a message.
func quoted(s string) string { return `"` + text.Begin(s, maxQuoted) + `"` }

// tally counts findings, and keeps the first ones of each check, old and new apart.
type tally struct {
	kept                                 []Finding
	errors, warnings, newErrors, leftOut int
	checks                               map[string]int
	kinds                                map[findingKind]int
}

type findingKind struct {
	check string
	new   bool
}

func newTally() tally {
	return tally{checks: make(map[string]int), kinds: make(map[findingKind]int)}
}

func (t *tally) add(f Finding) {
	t.checks[f.Check]++
	switch {
	case f.Level != string(Error):
		t.warnings++
	case f.New:
		t.newErrors++
		fallthrough
	default:
		t.errors++
	}
	kind := findingKind{f.Check, f.New}
	if t.kinds[kind]++; t.kinds[kind] > maxFindings {
		t.leftOut++
		return
	}
	t.kept = append(t.kept, f)
}

// sorted gives the findings that are kept by their place.
func (t *tally) sorted() []Finding {
	slices.SortStableFunc(t.kept, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return t.kept
}
