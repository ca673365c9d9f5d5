package report

import (
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
)

// Tally counts the pairs of a suite by result. Right and Wrong are so for both models;
// Undecided lack a usable answer of one of them.
type Tally struct{ Right, Fixed, Wrong, Regressed, Undecided int }

// Total is the number of pairs.
func (t Tally) Total() int { return t.Right + t.Fixed + t.Wrong + t.Regressed + t.Undecided }

// Tallies count the pairs of each suite.
func (r Report) Tallies() map[string]Tally {
	type pair struct{ baseline, candidate *eval.Case }
	pairs := make(map[[2]string]pair)
	for i := range r.Cases {
		c := &r.Cases[i]
		key := [2]string{c.Suite, gate.ID(*c)}
		p := pairs[key]
		switch c.Model {
		case eval.Baseline:
			p.baseline = c
		case eval.Candidate:
			p.candidate = c
		}
		pairs[key] = p
	}
	tallies := make(map[string]Tally)
	for key, p := range pairs {
		t := tallies[key[0]]
		switch {
		case p.baseline == nil || p.candidate == nil || p.baseline.Pass == nil || p.candidate.Pass == nil:
			t.Undecided++
		case *p.baseline.Pass && *p.candidate.Pass:
			t.Right++
		case *p.baseline.Pass:
			t.Regressed++
		case *p.candidate.Pass:
			t.Fixed++
		default:
			t.Wrong++
		}
		tallies[key[0]] = t
	}
	return tallies
}
