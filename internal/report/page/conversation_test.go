package page

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/reporttest"
	"github.com/tunegate/tunegate/internal/suite"
)

// lesson is a case of three turns: the first is replayed, the model answers the second
// and the third.
func lesson(histories ...suite.History) []report.Suite {
	graded := []assertion.Assert{{Type: "contains", Weight: 1}}
	return report.SuitesOf([]suite.Suite{{Path: "suites/s.suite.yaml", Name: "s", History: histories, Cases: []suite.Case{{
		ID: "c", Line: 4, Turns: []suite.Turn{
			{User: "one?", Assistant: "ONE"}, {User: "two?", Assistant: "TWO", Asserts: graded}, {User: "three?", Assistant: "never shown", Asserts: graded},
		},
	}}}})
}

func flipped(history suite.History, baseline, candidate []eval.Turn) report.Flip {
	yes, no := true, false
	f := report.Flip{Name: "s/c", Question: "two?"}
	f.Before = &eval.Case{Suite: "s", Case: "c", History: string(history), Pass: &yes, Turns: baseline}
	f.After = &eval.Case{Suite: "s", Case: "c", History: string(history), Pass: &no, Turns: candidate, Asserts: []eval.AssertResult{
		{Turn: 0, Type: "contains", Value: "2", Result: eval.Fail, Weight: 1, Why: "it is not there"},
		{Turn: 0, Type: "latency", Result: eval.Fail, Weight: 0}, {Turn: 0, Type: "regex", Result: eval.Pass, Weight: 1},
	}}
	return f
}

func turnsOf(texts ...string) (turns []eval.Turn) {
	for _, text := range texts {
		turns = append(turns, eval.Turn{User: "two?", Output: text, DoneReason: "stop", OutputTokens: len(text)})
	}
	return turns
}

func TestConversations(t *testing.T) {
	t.Parallel()
	text := func(s string) []piece { return []piece{{Text: s}} }
	failed := []failure{{"contains", "2", "it is not there"}}
	for _, test := range []struct {
		name string
		r    report.Report
		f    report.Flip
		want []exchange
	}{
		{"replayed", report.Report{Suites: lesson(suite.Replayed)}, flipped(suite.Replayed, turnsOf("aaa", "bb"), turnsOf("xxx", "yy")), []exchange{
			{Asked: "one?", Given: "ONE"},
			{Asked: "two?", Given: "TWO", Answers: []answer{{Model: "baseline", Pieces: text("aaa"), Tokens: 3}, {Model: "candidate", Pieces: text("xxx"), Tokens: 3, Failed: failed}}},
			{Asked: "three?", Answers: []answer{{Model: "baseline", Pieces: text("bb"), Tokens: 2}, {Model: "candidate", Pieces: text("yy"), Tokens: 2}}},
		}},
		{"own", report.Report{Suites: lesson(suite.Own)}, flipped(suite.Own, turnsOf("a", "b", "c"), turnsOf("x", "y", "z")), []exchange{
			{Asked: "one?", Answers: []answer{{Model: "baseline", Pieces: text("a"), Tokens: 1}, {Model: "candidate", Pieces: text("x"), Tokens: 1, Failed: failed}}},
			{Asked: "two?", Answers: []answer{{Model: "baseline", Pieces: text("b"), Tokens: 1}, {Model: "candidate", Pieces: text("y"), Tokens: 1}}},
			{Asked: "three?", Answers: []answer{{Model: "baseline", Pieces: text("c"), Tokens: 1}, {Model: "candidate", Pieces: text("z"), Tokens: 1}}},
		}},
		{"no suite", report.Report{}, flipped(suite.Replayed, turnsOf("a b"), turnsOf("a c")), []exchange{
			{Asked: "two?", Answers: []answer{
				{Model: "baseline", Pieces: []piece{{"a ", false}, {"b", true}}, Tokens: 3},
				{Model: "candidate", Pieces: []piece{{"a ", false}, {"c", true}}, Tokens: 3, Failed: failed},
			}},
		}},
	} {
		shown := show(test.r, test.f, suiteCases(test.r), textRunes)
		if diff := cmp.Diff(test.want, shown.Exchanges); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
		if shown.Name != "c" && shown.Name != "c@own" || shown.Baseline != "pass" || shown.Candidate != "fail" {
			t.Errorf("%s: %+v", test.name, shown)
		}
	}
}

func TestConversationThatWasGivenUp(t *testing.T) {
	t.Parallel()
	f := flipped(suite.Own, turnsOf("a", "b"), []eval.Turn{{User: "one?", Output: "x", DoneReason: "length"}})
	f.After.Pass, f.After.Evidence, f.After.Why = nil, eval.None, "the answer was cut at num_predict or num_ctx"
	shown := show(report.Report{}, f, nil, textRunes)
	first, second := shown.Exchanges[0].Answers[1], shown.Exchanges[1].Answers[1]
	if shown.Candidate != "excluded" || first.Ended != "stopped: length" || second.Ended != "not evaluated: "+f.After.Why {
		t.Errorf("%+v", shown)
	}
	if got := failedKinds(f); got[0] != "contains" {
		t.Errorf("%q", got)
	}
}

func TestTextsShareTheBudget(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", textRunes)
	few := []report.Flip{flipped(suite.Own, turnsOf(long), turnsOf(long))}
	if got := newBudget(few); got != textRunes {
		t.Errorf("%d runes where there is room", got)
	}
	var many []report.Flip
	for range 1000 {
		many = append(many, few...)
	}
	if got := newBudget(many, many); got != pageText/8000 {
		t.Errorf("%d runes, want %d", got, pageText/8000)
	}
	if got := budget(5).bounded("a\u202eb\r\ncdefg"); got != "ab\ncd\n[3 characters more]" {
		t.Errorf("%q", got)
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	r := reporttest.Tutor()
	groups := flipGroups(r, r.Regressed(), "regressed", textRunes, true)
	if len(groups) != 2 || groups[0].Suite != "followup" || groups[1].Suite != "general-knowledge" {
		t.Fatalf("%+v", groups)
	}
	g := groups[0]
	if g.Count != "25 of 50 cases regressed" || len(g.First) != groupFirst || len(g.More) != 5 || !g.First[0].Open || g.First[1].Open || groups[1].First[0].Open {
		t.Errorf("%s, %d and %d, first open %t", g.Count, len(g.First), len(g.More), g.First[0].Open)
	}
	wantBar := []segment{
		{"right", 0, 46, "23 passed before and after"}, {"fixed", 46, 4, "2 fixed"}, {"regressed", 50, 48, "24 regressed"}, {"excluded", 98, 2, "1 excluded"},
	}
	wantReasons := []string{"icontains (24)", "maths-equal (24)", "the answer was cut at num_predict or num_ctx (1)"}
	if diff := cmp.Diff(wantBar, g.Bar) + cmp.Diff(wantReasons, g.Reasons); diff != "" {
		t.Error(diff)
	}
	if got := g.First[0]; got.Place != "suites/followup.suite.yaml:8" || got.URL != r.Links.Base+"/suites/followup.suite.yaml#L8" {
		t.Errorf("%s, %s", got.Place, got.URL)
	}
}
