package starter

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/suite"
)

// What the default gate says about a template's suites: nothing changed passes, so
// large a part of one suite lost fails, so large a part of the targets gained is
// promotable.
func TestDefaultGateDecides(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		template     Template
		sees         float64 // the smallest drop that each rule finds where nothing flips
		lost, gained int     // one case in so many
	}{
		{Tutor, 0.22, 5, 10},
		{Generic, 0.25, 4, 5},
	} {
		o := Options{Name: "a", BaseModel: DefaultBase, Sources: []Source{{Path: "data/*.json", Weight: 1}}}
		c, err := config.Parse(ConfigFile, content(t, test.template, o)[ConfigFile])
		if err != nil {
			t.Fatal(err)
		}
		all := suites(t, test.template)
		// passes reports whether a model passes the case with the index: the share of
		// the cases that it fails is one in every.
		passes := func(index, every int) bool { return index%every != 0 }

		same := gate.Decide(c.Gate, graded(all, func(suite.Suite, int) (bool, bool) { return true, true }))
		if same.Outcome != gate.Pass {
			t.Errorf("%s: no change: %s, %+v", test.template, same.Outcome, same.Rules)
		}
		for _, rule := range same.Rules {
			if rule.Detects > test.sees {
				t.Errorf("%s: %s %s sees no drops below %s points", test.template, rule.Rule, rule.Suite, gate.Points(rule.Detects))
			}
		}
		for _, worse := range all {
			lost := gate.Decide(c.Gate, graded(all, func(s suite.Suite, i int) (bool, bool) { return true, s.Name != worse.Name || passes(i, test.lost) }))
			if lost.Outcome != gate.Fail {
				t.Errorf("%s: one in %d of %s lost: %s", test.template, test.lost, worse.Name, lost.Outcome)
			}
		}
		gained := gate.Decide(c.Gate, graded(all, func(s suite.Suite, i int) (bool, bool) { return s.Role != suite.Target || passes(i, test.gained), true }))
		if !gained.Promotable {
			t.Errorf("%s: one in %d of the targets gained: %+v", test.template, test.gained, gained.Rules)
		}
	}
}

// The config says of its suites what a dry run will.
func TestFiguresAreTheDryRuns(t *testing.T) {
	t.Parallel()
	for _, template := range Templates() {
		text := content(t, template, Options{Name: "a", BaseModel: DefaultBase, Sources: []Source{{Path: "data/*.json", Weight: 1}}})[ConfigFile]
		c, err := config.Parse(ConfigFile, text)
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Join(strings.Fields(strings.ReplaceAll(string(text), "\n  #", " ")), " ")
		detects, needs := 0.0, 0
		for _, effect := range gate.DetectableEffects(c.Gate, suites(t, template), nil) {
			if effect.Rule != gate.NoHarm {
				continue
			}
			detects = max(detects, effect.Detects)
			if effect.Needs > 0 {
				needs = max(needs, effect.Cases+effect.Needs)
			}
		}
		if want := fmt.Sprintf("drops of %.0f points if 10 %% of the cases flip", 100*detects); !strings.Contains(said, want) {
			t.Errorf("%s: no %q in %s", template, want, said)
		}
		if want := fmt.Sprintf("To exclude a loss of 10 points, as the gate requires, a suite then needs %d cases.", needs); strings.Contains(said, want) != (needs > 0) {
			t.Errorf("%s: %q in %s", template, want, said)
		}
	}
}

// graded returns both models' cases, passed as said for the case with the index.
func graded(all []suite.Suite, passed func(s suite.Suite, i int) (baseline, candidate bool)) []eval.Case {
	var cases []eval.Case
	for _, s := range all {
		for i, c := range s.Cases {
			baseline, candidate := passed(s, i)
			for model, pass := range map[string]bool{eval.Baseline: baseline, eval.Candidate: candidate} {
				cases = append(cases, eval.Case{
					Suite: s.Name, Role: string(s.Role), Case: c.ID, Cluster: c.Cluster, History: string(suite.Replayed),
					Model: model, ModelID: model, Evidence: eval.Direct, Pass: &pass,
				})
			}
		}
	}
	return cases
}
