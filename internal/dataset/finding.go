package dataset

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

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
	// New is false when the base tip's files have the same record with the same
	// finding.
	New  bool   `json:"new"`
	File string `json:"file"`
	// Line is where the record begins, or the place of a mistake in the JSON, from 1.
	Line int `json:"line"`
	// Column counts characters from 1; 0: the record as a whole.
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

// found is a finding with what tells whether it is new.
type found struct {
	Finding
	record [sha256.Size]byte
}

// problem is what reading or a check has to say, before the level is known.
type problem struct {
	check  string
	record record
	offset int // in the file; -1: the record as a whole
	see    string
	what   string
	hint   string
}

// whole is a problem of a record as a whole.
func whole(what, hint string) problem { return problem{offset: -1, what: what, hint: hint} }

func (p problem) found(level Level) found {
	finding := Finding{
		Check: p.check, Level: string(level), File: p.record.file.path, See: p.see, Message: message(p.what, p.hint),
	}
	if p.offset >= 0 {
		finding.Line, finding.Column = p.record.file.position(p.offset)
	} else {
		finding.Line = p.record.file.line(p.record.offset)
	}
	return found{finding, p.record.digest()}
}

// message joins what is wrong and the hint, shortening the former.
func message(what, hint string) string {
	hint = " (hint: " + hint + ")"
	return plain(what, maxMessage-utf8.RuneCountInString(hint)) + hint
}

// quoted shows a piece of a record in a message.
func quoted(s string) string { return `"` + plain(s, maxQuoted) + `"` }

// plain makes untrusted text fit for a line: white space becomes spaces, what
// can't be seen (control characters, direction marks) goes, and it ends after
// that many runes.
func plain(s string, limit int) string {
	var b strings.Builder
	runes := 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case !text.Visible(r):
			continue
		}
		if runes++; runes == limit {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// markNew sets New on what the base does not have as often.
func markNew(head, base []found) {
	type key struct {
		check  string
		record [sha256.Size]byte
	}
	known := make(map[key]int, len(base))
	for _, f := range base {
		known[key{f.Check, f.record}]++
	}
	for i := range head {
		k := key{head[i].Check, head[i].record}
		head[i].New = known[k] == 0
		known[k] = max(known[k]-1, 0)
	}
}

// digest names the record's content: its canonical JSON (RFC 8785), so that
// neither its place nor its layout matters; the bytes where that is not defined.
func (r record) digest() [sha256.Size]byte {
	canonical := jsontext.Value(bytes.Clone(r.raw))
	if err := canonical.Canonicalize(); err != nil {
		return sha256.Sum256(r.raw)
	}
	return sha256.Sum256(canonical)
}

// bounded sorts findings by place and drops those of a check that has too many.
func bounded(all []found) (kept []Finding, leftOut int) {
	slices.SortStableFunc(all, func(a, b found) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	type kind struct {
		check string
		new   bool
	}
	counts := make(map[kind]int)
	for _, f := range all {
		k := kind{f.Check, f.New}
		if counts[k]++; counts[k] > maxFindings {
			leftOut++
			continue
		}
		kept = append(kept, f.Finding)
	}
	return kept, leftOut
}
