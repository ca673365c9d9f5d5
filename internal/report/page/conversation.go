package page

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/suite"
	"github.com/tunegate/tunegate/internal/text"
)

// The bounds of the texts on the page. All texts together have at most pageText runes,
// so each gets fewer if there are many.
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

// shownFlip is a flipped case on the page: all its turns with both answers.
type shownFlip struct {
	Name, Excerpt       string // its id, and the beginning of the deciding question
	Place, URL          string // of the case in its suite's file
	Baseline, Candidate string // their results
	Exchanges           []exchange
	Nearest             []shownRow
	Open                bool
}

// shownRow is a training row on the page.
type shownRow struct{ Where, URL, Label, Question string }

// showRows prepares the first of the rows.
func showRows(r report.Report, rows []report.Row) (shown []shownRow) {
	for _, row := range rows[:min(len(rows), report.MostNearest)] {
		shown = append(shown, shownRow{
			Where: text.Shown(fmt.Sprintf("%s:%d", row.File, row.Line), assertRunes), URL: r.FileURL(row.Side, row.File, row.Line),
			Label: row.Label(), Question: text.Shown(row.Question, assertRunes),
		})
	}
	return shown
}

// exchange is one turn of a case.
type exchange struct {
	Asked string
	// Answers are the baseline's and the candidate's; empty for a turn that no model
	// answered.
	Answers []answer
	// Given is the suite's own answer, which later turns see as the model's.
	Given string
}

// answer is one answer of a model.
type answer struct {
	Model  string
	Pieces []piece
	Ended  string // why it ended, if not by itself
	Tokens int
	Failed []failure
}

// failure is an assertion that an answer failed.
type failure struct{ Type, Value, Why string }

// bounded prepares an untrusted text for the page.
func (b budget) bounded(s string) string { return text.Block(s, textLines, int(b)) }

// budget is the number of runes that each text may have.
type budget int

// newBudget shares pageText among all texts of the flips.
func newBudget(flips ...[]report.Flip) budget {
	total, texts := 0, 0
	for _, f := range slices.Concat(flips...) {
		for _, turn := range slices.Concat(f.Before.Turns, f.After.Turns) {
			total += min(textRunes, utf8.RuneCountInString(turn.User)) + min(textRunes, utf8.RuneCountInString(turn.Output))
			texts += 2
		}
	}
	if total <= pageText {
		return textRunes
	}
	return budget(max(textLeast, pageText/texts))
}

// suiteCases indexes the cases of the suites by SUITE/ID.
func suiteCases(r report.Report) map[string]suiteCase {
	found := make(map[string]suiteCase)
	for _, s := range r.Suites {
		for _, c := range s.Cases {
			found[s.Name+"/"+c.ID] = suiteCase{s.Path, c}
		}
	}
	return found
}

// suiteCase is a case and its suite's file.
type suiteCase struct {
	path string // of the suite
	report.Case
}

// show prepares a flip for the page.
func show(r report.Report, f report.Flip, at map[string]suiteCase, b budget) shownFlip {
	shown := shownFlip{
		Name: text.Shown(gate.ID(*f.After), assertRunes), Excerpt: text.Shown(f.Question, excerptRunes),
		Baseline: result(*f.Before), Candidate: result(*f.After), Nearest: showRows(r, r.Nearest[f.Name]),
	}
	known, found := at[f.After.Suite+"/"+f.After.Case]
	if found {
		shown.Place = text.Shown(fmt.Sprintf("%s:%d", known.path, known.Line), assertRunes)
		shown.URL = report.FileURL(r.Links.Base, known.path, known.Line)
	}
	asked := 0
	history := suite.History(f.After.History)
	for i, turn := range known.Turns[:min(len(known.Turns), mostTurns)] {
		e := exchange{Asked: b.bounded(turn.User)}
		if history == suite.Replayed && turn.Assistant != "" && i+1 < len(known.Turns) {
			e.Given = b.bounded(turn.Assistant)
		}
		if history == suite.Own || turn.Asked {
			e.Answers = answers(f, asked, b)
			asked++
		}
		shown.Exchanges = append(shown.Exchanges, e)
	}
	if !found {
		for i := range min(max(len(f.Before.Turns), len(f.After.Turns)), mostTurns) {
			shown.Exchanges = append(shown.Exchanges, exchange{Asked: b.bounded(question(f, i)), Answers: answers(f, i, b)})
		}
	}
	return shown
}

// question is that of a turn. Both models got it, unless one was given up before.
func question(f report.Flip, turn int) string {
	if turn < len(f.Before.Turns) {
		return f.Before.Turns[turn].User
	}
	return f.After.Turns[turn].User
}

// answers are both answers to a turn with the differences marked.
func answers(f report.Flip, turn int, b budget) []answer {
	baseline, candidate := answered("baseline", *f.Before, turn), answered("candidate", *f.After, turn)
	texts := [2]string{}
	for i, c := range []*eval.Case{f.Before, f.After} {
		if turn < len(c.Turns) {
			texts[i] = b.bounded(c.Turns[turn].Output)
		}
	}
	baseline.Pieces, candidate.Pieces = contrast(texts[0], texts[1])
	return []answer{baseline, candidate}
}

func answered(model string, c eval.Case, turn int) answer {
	a := answer{Model: model}
	if turn >= len(c.Turns) {
		a.Ended = "not evaluated: " + text.Shown(c.Why, assertRunes)
		return a
	}
	a.Tokens = c.Turns[turn].OutputTokens
	if reason := c.Turns[turn].DoneReason; reason != "" && reason != "stop" {
		a.Ended = "stopped: " + text.Shown(reason, 40)
	}
	for _, assert := range c.Asserts {
		if assert.Turn == turn && assert.Result == eval.Fail && assert.Weight > 0 && len(a.Failed) < mostAsserts {
			f := failure{Type: text.Shown(assert.Type, 80)}
			if assert.Value != "" {
				f.Value = text.Shown(assert.Value, assertRunes)
			}
			if assert.Why != "" {
				f.Why = text.Shown(assert.Why, assertRunes)
			}
			a.Failed = append(a.Failed, f)
		}
	}
	return a
}

// result is the result of a case in a word.
func result(c eval.Case) string {
	switch {
	case c.Pass == nil:
		return "excluded"
	case *c.Pass:
		return string(gate.Pass)
	}
	return string(gate.Fail)
}
