package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/suite"
)

// The bounds of the texts on the page. The runes of a text are fewer where
// there are many: pageText is what all together may have.
const (
	textLines    = 400
	textRunes    = 20_000
	textLeast    = 600
	pageText     = 12_000_000
	mostAsserts  = 20
	mostTurns    = 50
	assertRunes  = 400
	excerptRunes = 120
)

// shownFlip is a flipped case on the page: all its turns, with both answers.
type shownFlip struct {
	Name, Excerpt       string // its id, and how the deciding question begins
	Place, URL          string // of the case in its suite's file
	Baseline, Candidate string // how they did
	Exchanges           []exchange
	Nearest             []shownRow
	Open                bool
}

// shownRow is a training row on the page.
type shownRow struct{ Where, URL, Alike, Question string }

// shownRows are the first of the rows.
func (r Report) shownRows(rows []Row) (shown []shownRow) {
	for _, row := range rows[:min(len(rows), shownRows)] {
		shown = append(shown, shownRow{
			Where: line(fmt.Sprintf("%s:%d", row.File, row.Line), assertRunes), URL: r.fileURL(row.Side, row.File, row.Line),
			Alike: row.alike(), Question: line(row.Question, assertRunes),
		})
	}
	return shown
}

// exchange is one turn of a case.
type exchange struct {
	Asked string
	// Answers are the baseline's and the candidate's; empty for a turn that was
	// not asked.
	Answers []answer
	// Given is the suite's own answer, which the later turns see as theirs.
	Given string
}

// answer is what a model said.
type answer struct {
	Model  string
	Pieces []piece
	Ended  string // why it ended, when it did not end by itself
	Tokens int
	Failed []failure
}

// failure is an assertion that an answer failed.
type failure struct{ Type, Value, Why string }

// bounded is an untrusted text for the page.
func (b budget) bounded(s string) string {
	if s = clean(s); strings.TrimSpace(s) == "" {
		return "(empty)"
	}
	return cut(s, textLines, int(b))
}

// budget is the number of runes that each text may have.
type budget int

// newBudget shares pageText among all texts of the flips.
func newBudget(flips ...[]flip) budget {
	total, texts := 0, 0
	for _, f := range slices.Concat(flips...) {
		for _, turn := range slices.Concat(f.baseline.Turns, f.candidate.Turns) {
			total += min(textRunes, utf8.RuneCountInString(turn.User)) + min(textRunes, utf8.RuneCountInString(turn.Output))
			texts += 2
		}
	}
	if total <= pageText {
		return textRunes
	}
	return budget(max(textLeast, pageText/texts))
}

// places finds the cases of the suites by SUITE/ID.
func (r Report) places() map[string]place {
	found := make(map[string]place)
	for _, s := range r.Suites {
		for _, c := range s.Cases {
			found[s.Name+"/"+c.ID] = place{s, c}
		}
	}
	return found
}

// place is a case in its suite.
type place struct {
	suite suite.Suite
	c     suite.Case
}

// show makes a flip ready for the page.
func (r Report) show(f flip, at map[string]place, b budget) shownFlip {
	shown := shownFlip{
		Name: line(gate.ID(*f.candidate), assertRunes), Excerpt: line(f.Question, excerptRunes),
		Baseline: did(*f.baseline), Candidate: did(*f.candidate), Nearest: r.shownRows(r.Nearest[f.Name]),
	}
	known, found := at[f.candidate.Suite+"/"+f.candidate.Case]
	if found {
		shown.Place = line(fmt.Sprintf("%s:%d", known.suite.Path, known.c.Line), assertRunes)
		shown.URL = fileURL(r.Links.Base, known.suite.Path, known.c.Line)
	}
	asked := 0
	history := suite.History(f.candidate.History)
	for i, turn := range known.c.Turns[:min(len(known.c.Turns), mostTurns)] {
		e := exchange{Asked: b.bounded(turn.User)}
		if history == suite.Replayed && turn.Assistant != "" && i+1 < len(known.c.Turns) {
			e.Given = b.bounded(turn.Assistant)
		}
		if known.c.Asked(i, history) {
			e.Answers = f.answers(asked, b)
			asked++
		}
		shown.Exchanges = append(shown.Exchanges, e)
	}
	if !found {
		for i := range min(max(len(f.baseline.Turns), len(f.candidate.Turns)), mostTurns) {
			shown.Exchanges = append(shown.Exchanges, exchange{Asked: b.bounded(f.asked(i)), Answers: f.answers(i, b)})
		}
	}
	return shown
}

// asked is the question of a turn, which both models were asked unless one of
// them was given up before.
func (f flip) asked(turn int) string {
	if turn < len(f.baseline.Turns) {
		return f.baseline.Turns[turn].User
	}
	return f.candidate.Turns[turn].User
}

// answers are both answers to a turn, what differs marked.
func (f flip) answers(turn int, b budget) []answer {
	baseline, candidate := said("baseline", *f.baseline, turn), said("candidate", *f.candidate, turn)
	texts := [2]string{}
	for i, c := range []*eval.Case{f.baseline, f.candidate} {
		if turn < len(c.Turns) {
			texts[i] = b.bounded(c.Turns[turn].Output)
		}
	}
	baseline.Pieces, candidate.Pieces = contrast(texts[0], texts[1])
	return []answer{baseline, candidate}
}

func said(model string, c eval.Case, turn int) answer {
	a := answer{Model: model}
	if turn >= len(c.Turns) {
		a.Ended = "not asked any more: " + line(c.Why, assertRunes)
		return a
	}
	a.Tokens = c.Turns[turn].OutputTokens
	if reason := c.Turns[turn].DoneReason; reason != "" && reason != "stop" {
		a.Ended = "it ended with " + line(reason, 40)
	}
	for _, assert := range c.Asserts {
		if assert.Turn == turn && assert.Result == eval.Fail && assert.Weight > 0 && len(a.Failed) < mostAsserts {
			f := failure{Type: line(assert.Type, 80)}
			if assert.Value != "" {
				f.Value = line(assert.Value, assertRunes)
			}
			if assert.Why != "" {
				f.Why = line(assert.Why, assertRunes)
			}
			a.Failed = append(a.Failed, f)
		}
	}
	return a
}

// did is the result of a case in a word.
func did(c eval.Case) string {
	switch {
	case c.Pass == nil:
		return "no evidence"
	case *c.Pass:
		return string(gate.Pass)
	}
	return string(gate.Fail)
}
