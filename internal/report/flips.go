package report

import (
	"cmp"
	"slices"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
)

// flip is a case whose result changed, with both answers to the turn that
// decided it.
type flip struct {
	Name                          string // SUITE/ID
	Question, Baseline, Candidate string
	// Failed are the assertions that the failing answer failed.
	Failed []string

	baseline, candidate *eval.Case
}

// broken are the cases that broke and whose answers are known: those of failed
// rules first, the clearest before the others.
func (r Report) broken() []flip {
	return r.flips(func(rule gate.Rule) []string { return rule.Broken }, func(f flip) eval.Case { return *f.candidate })
}

// fixed are the cases that were fixed and whose answers are known.
func (r Report) fixed() []flip {
	return r.flips(func(rule gate.Rule) []string { return rule.Fixed }, func(f flip) eval.Case { return *f.baseline })
}

// flips are the named cases of all rules, each once. failing gives of its two
// sides the one that failed.
func (r Report) flips(named func(gate.Rule) []string, failing func(flip) eval.Case) (flips []flip) {
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
			f := flip{Name: name, baseline: cases[[2]string{name, eval.Baseline}], candidate: cases[[2]string{name, eval.Candidate}]}
			if !seen[name] && f.baseline != nil && f.candidate != nil {
				seen[name] = true
				f.decide(failing(f))
				flips = append(flips, f)
			}
		}
	}
	return flips
}

// decide fills in the first turn that the failing side failed.
func (f *flip) decide(failing eval.Case) {
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
	if turn >= 0 && turn < len(f.baseline.Turns) && turn < len(f.candidate.Turns) {
		f.Question = f.candidate.Turns[turn].User
		f.Baseline = f.baseline.Turns[turn].Output
		f.Candidate = f.candidate.Turns[turn].Output
	}
}

// asserted is an assertion in one line.
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

// names are those of the flips.
func names(flips []flip) []string {
	written := make([]string, len(flips))
	for i, f := range flips {
		written[i] = f.Name
	}
	return written
}

// Broken is a case that broke.
type Broken struct {
	Name             string // SUITE/ID
	Question, Answer string // what the candidate was asked where it failed, and said
}

// Broke are the broken cases that the comment shows, in its order.
func (r Report) Broke() []Broken {
	var shown []Broken
	flips := r.broken()
	for _, f := range flips[:min(len(flips), shownFlips)] {
		shown = append(shown, Broken{f.Name, f.Question, f.Candidate})
	}
	return shown
}
