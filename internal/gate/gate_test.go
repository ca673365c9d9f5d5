package gate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/suite"
)

// The marks of one pair in a test: the baseline's result, then the candidate's;
// "-" is excluded, "?" undecided, "x" no line at all.
const (
	both      = "pp"
	neither   = "ff"
	regressed = "pf"
	fixed     = "fp"
	silent    = "p-" // the candidate is excluded where the baseline passed
	rambling  = "-p" // the baseline gave none
	unsure    = "p?"
	absent    = "px"
)

// usual is a policy that allows inconclusive results.
func usual() Policy {
	return Policy{
		Merge:   Merge{Margin: 0.10, OnInconclusive: LetPass},
		Promote: Promote{Gain: Gain{AtLeast: 0.03}, NoWorse: NoWorse{Margin: 0.10}},
	}
}

// want is a number of pairs of one mark.
type want struct {
	count int
	mark  string
}

// graded makes the cases of one suite, each its own cluster.
func graded(name string, role suite.Role, wants ...want) []eval.Case {
	var cases []eval.Case
	for _, w := range wants {
		for range w.count {
			id := fmt.Sprintf("%s-%d", name, len(cases)/2)
			for i, model := range []string{eval.Baseline, eval.Candidate} {
				cases = append(cases, one(name, role, id, model, w.mark[i]))
			}
		}
	}
	return slices.DeleteFunc(cases, func(c eval.Case) bool { return c.Why == "x" })
}

func one(name string, role suite.Role, id, model string, mark byte) eval.Case {
	c := eval.Case{
		Suite: name, Role: string(role), Case: id, Cluster: id, History: string(suite.Replayed),
		Model: model, ModelID: "id of the " + model, Evidence: eval.Direct, Why: string(mark),
		Turns: []eval.Turn{{Output: "7", OutputTokens: 10, MS: 100}},
	}
	passed := mark == 'p'
	switch mark {
	case 'p', 'f':
		c.Pass = &passed
	case '-':
		c.Evidence = eval.None
	}
	return c
}

// rule finds a rule of a verdict.
func rule(t *testing.T, v Verdict, name, of string) Rule {
	t.Helper()
	for _, r := range v.Rules {
		if r.Rule == name && r.Suite == of {
			return r
		}
	}
	t.Fatalf("no rule %s for %q in %+v", name, of, v.Rules)
	return Rule{}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	calm := graded("general", suite.Guard, want{50, both})
	block := usual()
	block.Merge.OnInconclusive = Block
	better := slices.Concat(calm, graded("symbolic", suite.Target, want{30, both}, want{15, fixed}, want{5, neither}), graded("few", suite.Observed, want{8, both}))
	undecided := func(onInconclusive string) Policy {
		p := usual()
		p.Merge.NoHarm, p.Merge.OnInconclusive = []string{"few"}, onInconclusive
		return p
	}
	for _, test := range []struct {
		name       string
		policy     Policy
		cases      []eval.Case
		outcome    Outcome
		promotable bool
		exit       int
		why        string
	}{
		{"better", usual(), slices.Concat(calm, graded("symbolic", suite.Target, want{30, both}, want{15, fixed}, want{5, neither})),
			Pass, true, 0, "merge.no_harm general: a drop of more than 5.1 points is excluded"},
		{"nothing changes", usual(), slices.Concat(calm, graded("symbolic", suite.Target, want{40, both}, want{10, neither})),
			Pass, false, 0, "promote.gain symbolic: 0 of 50 cases regressed, 0 fixed (p = 1.0000); at least 3.0 points with p < 0.05 are needed"},
		{"target worse", usual(), slices.Concat(calm, graded("symbolic", suite.Target, want{33, both}, want{27, regressed})),
			Fail, false, 3, "merge.no_harm symbolic: 27 of 60 cases regressed, 0 fixed (p < 0.0001)"},
		{"guard worse, target better", usual(), slices.Concat(
			graded("general", suite.Guard, want{30, both}, want{20, regressed}), graded("symbolic", suite.Target, want{40, both}, want{20, fixed})),
			Fail, false, 3, "promote.no_worse general: 20 of 50 cases regressed, 0 fixed (p < 0.0001)"},
		{"too few", usual(), graded("symbolic", suite.Target, want{8, both}),
			Inconclusive, false, 0, "merge.no_harm symbolic: a drop of 25.3 points cannot be excluded (margin 10.0)"},
		{"better, and too few to exclude harm", undecided(LetPass), better, Inconclusive, true, 0, ""},
		{"better, and too few to exclude harm, blocked", undecided(Block), better, Inconclusive, false, 4, ""},
		{"too few, blocked", block, graded("symbolic", suite.Target, want{8, both}), Inconclusive, false, 4, ""},
		{"no cases", usual(), nil, Inconclusive, false, 0, "merge.no_harm : there is no suite to test for harm"},
		{"listed suite absent", Policy{Merge: Merge{NoHarm: []string{"gone"}, Margin: .1}}, calm,
			Inconclusive, false, 0, "merge.no_harm gone: no case was evaluated"},
		{"no usable pair", usual(), graded("symbolic", suite.Target, want{8, rambling}),
			Inconclusive, false, 0, "merge.no_harm symbolic: none of the 8 pairs has two usable answers"},
		{"an observed suite does not count", usual(), slices.Concat(calm, graded("style", suite.Observed, want{30, regressed})),
			Pass, false, 0, "observed style: no rule applies"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := Decide(test.policy, test.cases)
			if v.Outcome != test.outcome || v.Promotable != test.promotable || ExitCode(v, test.policy) != test.exit {
				t.Errorf("got %s, promotable %t, exit %d; want %s, %t, %d\n%+v",
					v.Outcome, v.Promotable, ExitCode(v, test.policy), test.outcome, test.promotable, test.exit, v.Rules)
			}
			var whys []string
			for _, r := range v.Rules {
				whys = append(whys, fmt.Sprintf("%s %s: %s", r.Rule, r.Suite, r.Why))
			}
			if test.why != "" && !slices.Contains(whys, test.why) {
				t.Errorf("want the reason\n%s\namong\n%s", test.why, strings.Join(whys, "\n"))
			}
		})
	}
}

func TestHolmRunsOverTheListedSuites(t *testing.T) {
	t.Parallel()
	// Five of five regressed is p = .031: enough for one suite, not for two.
	cases := graded("a", suite.Target, want{45, both}, want{5, regressed})
	if v := Decide(usual(), cases); v.Outcome != Fail {
		t.Errorf("alone: got %s", v.Outcome)
	}
	cases = append(cases, graded("b", suite.Guard, want{50, both})...)
	if v := Decide(usual(), cases); v.Outcome == Fail {
		t.Errorf("of two: got %s", v.Outcome)
	}
	one := usual()
	one.Merge.NoHarm = []string{"a"}
	if v := Decide(one, cases); v.Outcome != Fail {
		t.Errorf("listed alone: got %s", v.Outcome)
	}
}

func TestMissingPairs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		mark                  string
		missing, couldRegress int
		outcome               Outcome
	}{
		{silent, 10, 10, Inconclusive},
		{unsure, 10, 10, Inconclusive},
		{absent, 10, 10, Inconclusive},
		{"xx", 0, 0, Pass},
		{"--", 10, 10, Inconclusive},
		{rambling, 10, 0, Pass},
		{"f-", 10, 0, Pass},
	} {
		v := Decide(usual(), graded("symbolic", suite.Target, want{60, both}, want{30, fixed}, want{10, test.mark}))
		r := rule(t, v, NoHarm, "symbolic")
		// The gain is far above the margin, so only missing pairs can hide a drop.
		if r.N != 90 || r.Missing != test.missing || r.CouldRegress != test.couldRegress {
			t.Errorf("%s: n %d, missing %d, could regress %d", test.mark, r.N, r.Missing, r.CouldRegress)
		}
		lower := Rule{N: 40, Missing: r.Missing, CouldRegress: r.CouldRegress, CI: [2]float64{-.05, 0}}
		if outcome, why := lower.bounded(.10); outcome != test.outcome || test.missing > 0 != strings.Contains(why, "lack a usable answer") {
			t.Errorf("%s: got %s, %s", test.mark, outcome, why)
		}
	}
	if got := (Rule{N: 50, Missing: 50, CouldRegress: 50}).worst(.45); math.Abs(got-(-.275)) > 1e-12 {
		t.Errorf("worst of .45 with half missing: %g", got)
	}
}

func TestGainNeedsAnswers(t *testing.T) {
	t.Parallel()
	won := []want{{40, both}, {20, fixed}}
	if v := Decide(usual(), graded("s", suite.Target, won...)); !v.Promotable {
		t.Errorf("not promotable: %+v", v.Rules)
	}
	if v := Decide(usual(), graded("s", suite.Target, append(won, want{30, silent})...)); v.Promotable {
		t.Error("promotable with a third of the answers cut off")
	}
	if v := Decide(usual(), graded("s", suite.Target, append(won, want{30, rambling})...)); !v.Promotable {
		t.Error("not promotable where only the baseline's answers are cut off")
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	cases := slices.Concat(
		graded("symbolic", suite.Target, want{30, both}, want{2, regressed}, want{18, fixed}),
		graded("followup", suite.Target, want{30, both}, want{1, fixed}))
	own := one("followup", suite.Target, "followup-0", eval.Baseline, 'p')
	own.History = string(suite.Own)
	cases = append(cases, own)
	own = one("followup", suite.Target, "followup-0", eval.Candidate, 'f')
	own.History = string(suite.Own)
	cases = append(cases, own)

	v := Decide(usual(), cases)
	if v.ModelID != "id of the candidate" || v.BaselineModelID != "id of the baseline" || v.PolicySHA256 != usual().SHA256() || v.Schema != 1 {
		t.Errorf("identities: %+v", v)
	}
	followup := rule(t, v, NoHarm, "followup")
	if followup.N != 32 || followup.Clusters != 31 || !slices.Equal(followup.Regressed, []string{"followup-0@own"}) || !slices.Equal(followup.Fixed, []string{"followup-30"}) {
		t.Errorf("followup: %+v", followup)
	}
	gain := rule(t, v, PromoteGain, "followup, symbolic")
	got := Rule{
		Rule: gain.Rule, Suite: gain.Suite, N: gain.N, Clusters: gain.Clusters, Outcome: gain.Outcome,
		Baseline: gain.Baseline, Candidate: gain.Candidate, Delta: gain.Delta, Regressed: gain.Regressed, Why: gain.Why,
	}
	wanted := Rule{
		Rule: PromoteGain, Suite: "followup, symbolic", N: 82, Clusters: 81, Outcome: Pass,
		Baseline: 63.0 / 82, Candidate: 79.0 / 82, Delta: 16.0 / 82,
		Regressed: []string{"followup/followup-0@own", "symbolic/symbolic-30", "symbolic/symbolic-31"},
		Why:       "3 of 82 cases regressed, 19 fixed (p = 0.0004)",
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecideIgnoresTheOrderOfTheLines(t *testing.T) {
	t.Parallel()
	a := graded("a", suite.Target, want{20, both}, want{3, fixed})
	b := graded("b", suite.Guard, want{20, both}, want{3, regressed})
	if diff := cmp.Diff(Decide(usual(), slices.Concat(a, b)), Decide(usual(), slices.Concat(b, a))); diff != "" {
		t.Error(diff)
	}
}
