package gate

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/suite"
)

// sized is a suite of the given number of cases in clusters of the given size.
func sized(name string, role suite.Role, cases, cluster int) suite.Suite {
	s := suite.Suite{Name: name, Role: role, History: []suite.History{suite.Replayed}}
	for i := range cases {
		s.Cases = append(s.Cases, suite.Case{ID: fmt.Sprint(i), Cluster: fmt.Sprint(i / cluster), Turns: make([]suite.Turn, 1)})
	}
	return s
}

func TestDetectableEffects(t *testing.T) {
	t.Parallel()
	suites := []suite.Suite{
		sized("symbolic", suite.Target, 120, 2), sized("followup", suite.Target, 60, 1),
		sized("general", suite.Guard, 40, 1), sized("style", suite.Observed, 500, 1),
	}
	got := DetectableEffects(usual(), suites, map[string]float64{"followup": 0.02, "general": 0})
	var short []string
	for _, s := range got {
		short = append(short, fmt.Sprintf("%s %s: %d in %d, noise %.3f, detects %s, %d more %s, excludes %s of %s, needs %d",
			s.Rule, s.Suite, s.Cases, s.Clusters, s.Noise, Points(s.Detects), s.More, Points(s.Then), Points(s.Excludes), Points(s.Margin), s.Needs))
	}
	want := []string{
		"merge.no_harm followup: 60 in 60, noise 0.020, detects 16.0, 30 more 11.5, excludes 5.2 of 10.0, needs 0",
		"merge.no_harm general: 40 in 40, noise 0.000, detects 19.1, 15 more 14.0, excludes 6.3 of 10.0, needs 0",
		"merge.no_harm symbolic: 120 in 60, noise 0.100, detects 21.9, 70 more 15.8, excludes 7.7 of 10.0, needs 0",
		"promote.gain followup, symbolic: 180 in 120, noise 0.073, detects 10.4, 90 more 7.9, excludes 0.0 of 0.0, needs 0",
		"promote.no_worse general: 40 in 40, noise 0.000, detects 16.2, 15 more 11.9, excludes 6.3 of 10.0, needs 0",
	}
	if diff := cmp.Diff(want, short); diff != "" {
		t.Error(diff)
	}
}

// The forecast effect is the one that the gate reports for such answers.
func TestDetectableEffectsAreWhatTheGateSays(t *testing.T) {
	t.Parallel()
	cases := append(graded("symbolic", suite.Target, want{36, both}, want{2, regressed}, want{2, fixed}), graded("general", suite.Guard, want{30, both})...)
	verdict := Decide(usual(), cases)
	noise := map[string]float64{}
	for _, rule := range verdict.Rules {
		noise[rule.Suite] = rule.Noise()
	}
	effects := DetectableEffects(usual(), []suite.Suite{sized("symbolic", suite.Target, 40, 1), sized("general", suite.Guard, 30, 1)}, noise)
	if len(effects) != len(verdict.Rules) {
		t.Fatalf("%d effects, %d rules", len(effects), len(verdict.Rules))
	}
	for i, s := range effects {
		rule := verdict.Rules[i]
		excludes := -rule.CI[0]
		if rule.Rule == PromoteGain {
			excludes = 0
		}
		if s.Rule != rule.Rule || s.Suite != rule.Suite || s.Cases != rule.N || s.Detects != rule.Detects || math.Abs(s.Excludes-excludes) > 1e-12 {
			t.Errorf("forecast %+v, verdict %+v", s, rule)
		}
	}
}

func TestDetectableEffectsSayWhatCanNotPass(t *testing.T) {
	t.Parallel()
	got := DetectableEffects(usual(), []suite.Suite{sized("tiny", suite.Guard, 4, 1)}, map[string]float64{"tiny": 0})
	for _, s := range got {
		if s.Detects != 1 || s.Needs != 25 || s.More == 0 || s.Then > .30 {
			t.Errorf("%+v", s)
		}
	}
	if len(got) != 2 {
		t.Errorf("%+v", got)
	}
	// With 4 + 25 cases that do not change the rule passes; with 20 it does not.
	for count, outcome := range map[int]Outcome{20: Inconclusive, 29: Pass} {
		if v := Decide(usual(), graded("tiny", suite.Guard, want{count, both})); v.Rules[0].Outcome != outcome {
			t.Errorf("%d cases: %s", count, v.Rules[0].Outcome)
		}
	}
}

func TestDetectableEffectsSayWhatNoCasesCanPass(t *testing.T) {
	t.Parallel()
	policy := usual()
	policy.Merge.Margin = 0.0001
	got := DetectableEffects(policy, []suite.Suite{sized("noisy", suite.Guard, 40, 1)}, map[string]float64{"noisy": .3})
	if len(got) != 2 || !got[0].Hopeless || got[0].Needs != 0 || got[1].Hopeless || got[1].Needs == 0 {
		t.Errorf("%+v", got)
	}
}

func TestDetectableEffectsWithoutSuites(t *testing.T) {
	t.Parallel()
	if got := DetectableEffects(usual(), nil, nil); got != nil {
		t.Errorf("%+v", got)
	}
}

func TestNoise(t *testing.T) {
	t.Parallel()
	rule := collect(graded("s", suite.Target, want{6, both}, want{1, regressed}, want{3, fixed})).compare(NoHarm, []string{"s"}, 0, alpha)
	if got := rule.Noise(); got != 0.2 {
		t.Errorf("noise %g", got)
	}
	if got := (Rule{}).Noise(); got != 0 {
		t.Errorf("noise of nothing %g", got)
	}
}
