package report

import (
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
)

// usualPolicy allows inconclusive results.
func usualPolicy() gate.Policy { return gate.Policy{Merge: gate.Merge{OnInconclusive: gate.LetPass}} }

func TestHeadlines(t *testing.T) {
	t.Parallel()
	block := usualPolicy()
	block.Merge.OnInconclusive = gate.Block
	harmed := func(suite string, p float64) gate.Rule {
		return gate.Rule{Rule: gate.NoHarm, Suite: suite, N: 30, Regressed: []string{"a", "b"}, Fixed: []string{"c"}, P: p, Outcome: gate.Fail}
	}
	gain := gate.Rule{Rule: gate.PromoteGain, Suite: "a, b", N: 60, Delta: .1, P: .01, Outcome: gate.Pass}
	for _, test := range []struct {
		policy     gate.Policy
		outcome    gate.Outcome
		promotable bool
		rules      []gate.Rule
		want       string
	}{
		{block, gate.Fail, false, []gate.Rule{harmed("a", .02), harmed("b", .01)},
			"fail - `b` got worse: 2 of 30 cases regressed, 1 fixed (p = 0.0100); `a` got worse: 2 of 30 cases regressed, 1 fixed (p = 0.0200)"},
		{block, gate.Fail, false, []gate.Rule{harmed("a", .02), harmed("b", .02), harmed("c", .02), harmed("d", .02)},
			"fail - `a` got worse: 2 of 30 cases regressed, 1 fixed (p = 0.0200); `b` got worse: 2 of 30 cases regressed, 1 fixed (p = 0.0200); " +
				"`c` got worse: 2 of 30 cases regressed, 1 fixed (p = 0.0200); and 1 more suite"},
		{block, gate.Fail, false, []gate.Rule{{Rule: gate.OutputTokens, Outcome: gate.Fail, Why: "the mean answer is longer"}}, "fail - the mean answer is longer"},
		{block, gate.Fail, false, []gate.Rule{{Rule: gate.DataErrors, N: 1, Outcome: gate.Fail}}, "fail - the data has 1 new error, so nothing was trained"},
		{block, gate.Inconclusive, false, []gate.Rule{{Rule: gate.NoHarm, Outcome: gate.Inconclusive, Why: "there is no suite"}},
			"inconclusive - there is no suite; the policy blocks inconclusive results"},
		{usualPolicy(), gate.Inconclusive, true, []gate.Rule{
			{Rule: gate.NoHarm, Suite: "a", Outcome: gate.Inconclusive, Why: "too few"}, {Rule: gate.NoHarm, Suite: "b", Outcome: gate.Inconclusive, Why: "too few"}},
			"inconclusive - `a`: too few, and 1 more rule; the policy allows inconclusive results, and the model can be promoted"},
		{block, gate.Pass, true, []gate.Rule{gain}, "pass - `a`, `b` got better by 10.0 points (p = 0.0100), and no harm was found; the model can be promoted"},
		{block, gate.Pass, false, []gate.Rule{gain}, "pass - `a`, `b` got better by 10.0 points (p = 0.0100), and no harm was found; the rules for promotion are not met"},
		{block, gate.Pass, false, nil, "pass - no harm was found, and no gain was shown"},
	} {
		r := Report{Policy: test.policy, Verdict: gate.Verdict{Outcome: test.outcome, Promotable: test.promotable, Rules: test.rules}}
		if got := r.Headline(Plain); got != "tunegate: "+test.want {
			t.Errorf("got  %s\nwant tunegate: %s", got, test.want)
		}
	}
}

func TestTimeBelowASecondIsHidden(t *testing.T) {
	t.Parallel()
	r := Report{Head: Revision{Ref: "a"}, Base: Revision{Ref: "b"}, Stages: []Stage{{"dataset", 0.04, false}, {"train", 600, true}}}
	if got := r.Subject(Plain); got != "`a` into `b`" {
		t.Errorf("got %s", got)
	}
	r.Stages[0].Seconds = 1
	if got := r.Subject(Plain); got != "`a` into `b`; run time 1.0 s" {
		t.Errorf("got %s", got)
	}
}
