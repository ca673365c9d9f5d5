// Package report renders a run: in goes one Report, out come the comment on a
// pull request (Markdown), a page to keep (HTML) and a summary for a terminal.
// It is pure. Everything that records, models and pull requests wrote is
// cleaned, fenced and bounded.
package report

import (
	"cmp"
	"slices"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
)

// Report is all that a run has to say. Only Verdict and Policy are needed.
type Report struct {
	Verdict gate.Verdict
	Policy  gate.Policy
	// Cases are the graded cases behind the verdict.
	Cases []eval.Case
	// Head is what is judged, Base what it would go into.
	Head, Base Revision
	// CandidateTag and BaselineTag are the tags that were asked.
	CandidateTag, BaselineTag string
	Stages                    []Stage
	Dataset                   *Dataset
	Findings                  []dataset.Finding
	Training                  *Training
	// Samples are the generations of the sanity run.
	Samples []Sample
	Export  *Export
	// Notes are what else a reader must know, such as policy that changes only
	// after the merge.
	Notes []string
	// Reproduce is the command that makes this report again.
	Reproduce string
}

// Revision is a commit and the name it was given by.
type Revision struct{ Ref, SHA string }

// Stage is one stage of the run.
type Stage struct {
	Name    string
	Seconds float64
	// Reused says that an earlier run had made it.
	Reused bool
}

// Dataset counts what went into the training.
type Dataset struct{ Records, Train, Validation int }

// Training is how the training went. Losses are means per token, in nats.
type Training struct {
	Steps, Tokens int
	TrainLoss     float64
	EvalLoss      *float64 // nil: there were no validation rows
}

// Sample is one sanity prompt with the answers of the base model and of the
// adapter.
type Sample struct{ Prompt, Base, Adapter string }

// Export is what the proof of the exported file found.
type Export struct {
	// Changed and Unchanged count tensors against the base's export.
	Changed, Unchanged int
	GGUFSHA256         string
}

// flip is a case whose result changed, with both answers to the turn that
// decided it.
type flip struct {
	Name                          string
	Question, Baseline, Candidate string
	// Failed are the assertions that the candidate's answer failed.
	Failed []string
}

// broken are the cases that broke and whose answers are known: those of failed
// rules first, the clearest before the others.
func (r Report) broken() (flips []flip) {
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
		for _, name := range rule.Broken {
			if !rule.Pooled() {
				name = rule.Suite + "/" + name
			}
			baseline, candidate := cases[[2]string{name, eval.Baseline}], cases[[2]string{name, eval.Candidate}]
			if !seen[name] && baseline != nil && candidate != nil {
				seen[name] = true
				flips = append(flips, broke(name, *baseline, *candidate))
			}
		}
	}
	return flips
}

func broke(name string, baseline, candidate eval.Case) flip {
	f := flip{Name: name}
	turn := -1
	for _, assert := range candidate.Asserts {
		if assert.Result != eval.Fail || assert.Weight <= 0 {
			continue
		}
		if turn < 0 {
			turn = assert.Turn
		}
		if assert.Turn == turn {
			failed := assert.Type
			if assert.Value != "" {
				failed += " " + assert.Value
			}
			if assert.Why != "" {
				failed += ": " + assert.Why
			}
			f.Failed = append(f.Failed, failed)
		}
	}
	if turn >= 0 && turn < len(baseline.Turns) && turn < len(candidate.Turns) {
		f.Question = candidate.Turns[turn].User
		f.Baseline = baseline.Turns[turn].Output
		f.Candidate = candidate.Turns[turn].Output
	}
	return f
}

// fixed are the names of the cases that were fixed, each once.
func (r Report) fixed() (names []string) {
	for _, rule := range r.Verdict.Rules {
		for _, name := range rule.Fixed {
			if !rule.Pooled() {
				name = rule.Suite + "/" + name
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// blocking are the findings that stop a merge; the rest is reported.
func (r Report) blocking() (blocking, rest []dataset.Finding) {
	for _, finding := range r.Findings {
		if finding.New && finding.Level == "error" {
			blocking = append(blocking, finding)
		} else {
			rest = append(rest, finding)
		}
	}
	return blocking, rest
}
