package report

import (
	"cmp"
	"slices"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
)

// Flip is a case whose result changed, with both answers to the turn that
// decided it.
type Flip struct {
	Name                          string // SUITE/ID
	Question, Baseline, Candidate string
	// Failed are the assertions that the failing answer failed.
	Failed []string
	// Before and After are the case as graded for the baseline and the candidate.
	Before, After *eval.Case
}

// Regressed lists the cases that the candidate no longer passes and whose answers
// are known: those of failed rules first, then by p value.
func (r Report) Regressed() []Flip {
	return r.flips(func(rule gate.Rule) []string { return rule.Regressed }, func(f Flip) eval.Case { return *f.After })
}

// Fixed lists the cases that only the candidate passes and whose answers are known.
func (r Report) Fixed() []Flip {
	return r.flips(func(rule gate.Rule) []string { return rule.Fixed }, func(f Flip) eval.Case { return *f.Before })
}

// flips lists the named cases of all rules, each once. failing returns the side of a
// flip that failed.
func (r Report) flips(named func(gate.Rule) []string, failing func(Flip) eval.Case) (flips []Flip) {
	cases := make(map[[2]string]*eval.Case)
	for i := range r.Cases {
		c := &r.Cases[i]
		cases[[2]string{c.Suite + "/" + gate.ID(*c), c.Model}] = c
	}
	rank := map[gate.Outcome]int{gate.Fail: 0, gate.Inconclusive: 1, gate.Pass: 2, gate.Reported: 3}
	rules := slices.Clone(r.Verdict.Rules)
	slices.SortStableFunc(rules, func(a, b gate.Rule) int {
		return cmp.Or(cmp.Compare(rank[a.Outcome], rank[b.Outcome]), cmp.Compare(a.P, b.P))
	})
	seen := make(map[string]bool)
	for _, rule := range rules {
		for _, name := range named(rule) {
			if !rule.Pooled() {
				name = rule.Suite + "/" + name
			}
			f := Flip{Name: name, Before: cases[[2]string{name, eval.Baseline}], After: cases[[2]string{name, eval.Candidate}]}
			if !seen[name] && f.Before != nil && f.After != nil {
				seen[name] = true
				f.decide(failing(f))
				flips = append(flips, f)
			}
		}
	}
	return flips
}

// decide fills in the first turn that the failing side failed.
func (f *Flip) decide(failing eval.Case) {
	turn := -1
	for _, assert := range failing.Asserts {
		if assert.Result != eval.Fail || assert.Weight <= 0 {
			continue
		}
		if turn < 0 {
			turn = assert.Turn
		}
		if assert.Turn == turn {
			f.Failed = append(f.Failed, asserted(assert))
		}
	}
	if turn >= 0 && turn < len(f.Before.Turns) && turn < len(f.After.Turns) {
		f.Question = f.After.Turns[turn].User
		f.Baseline = f.Before.Turns[turn].Output
		f.Candidate = f.After.Turns[turn].Output
	}
}

// asserted writes an assertion in one line.
func asserted(assert eval.AssertResult) string {
	said := assert.Type
	if assert.Value != "" {
		said += " " + assert.Value
	}
	if assert.Why != "" {
		said += " (" + assert.Why + ")"
	}
	return said
}

// Names lists the names of the flips.
func Names(flips []Flip) []string {
	written := make([]string, len(flips))
	for i, f := range flips {
		written[i] = f.Name
	}
	return written
}

// MostRegressions bounds the regressed cases that the comment shows with their
// answers, and for which similar training rows are looked up.
const MostRegressions = 5

// ShownRegressions are the regressed cases that the comment shows.
func (r Report) ShownRegressions() []Flip {
	flips := r.Regressed()
	return flips[:min(len(flips), MostRegressions)]
}
