package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/text"
)

// Sentence is the verdict in words.
func (r Report) Sentence(in Style) string {
	if ending := r.ending(); ending != nil {
		return ending.sentence
	}
	switch r.Verdict.Outcome {
	case gate.Fail:
		return r.failed(in)
	case gate.Inconclusive:
		return r.undecided(in)
	case gate.Same:
		if r.Retrains {
			return fmt.Sprintf("the stable model is up to date with %s, so nothing was trained", in.ref(r.Base.Ref))
		}
		return fmt.Sprintf("data, base model and recipe match %s, so nothing was trained", in.ref(r.Base.Ref))
	default:
		return r.passed(in)
	}
}

// rules lists the rules of the name with the outcome, by p value.
func (r Report) rules(name string, outcome gate.Outcome) []gate.Rule {
	var rules []gate.Rule
	for _, rule := range r.Verdict.Rules {
		if rule.Rule == name && rule.Outcome == outcome {
			rules = append(rules, rule)
		}
	}
	slices.SortStableFunc(rules, func(a, b gate.Rule) int { return cmp.Compare(a.P, b.P) })
	return rules
}

func (r Report) failed(in Style) string {
	var parts []string
	for _, rule := range r.rules(gate.DataErrors, gate.Fail) {
		parts = append(parts, fmt.Sprintf("the data has %s, so nothing was trained", text.Count(rule.N, "new error")))
	}
	harmed := r.rules(gate.NoHarm, gate.Fail)
	for _, rule := range harmed[:min(len(harmed), 3)] {
		said := fmt.Sprintf("%s got worse: %d of %s regressed", in.Name(rule.Suite), len(rule.Regressed), text.Count(rule.N, "case"))
		if len(rule.Fixed) > 0 {
			said += fmt.Sprintf(", %d fixed", len(rule.Fixed))
		}
		parts = append(parts, said+" ("+gate.PValue(rule.P)+")")
	}
	if more := len(harmed) - 3; more > 0 {
		parts = append(parts, "and "+text.Count(more, "more suite"))
	}
	for _, rule := range slices.Concat(r.rules(gate.Answers, gate.Fail), r.rules(gate.OutputTokens, gate.Fail)) {
		parts = append(parts, in.Prose(rule.Why))
	}
	return strings.Join(parts, "; ")
}

func (r Report) undecided(in Style) string {
	rules := slices.Concat(r.rules(gate.NoHarm, gate.Inconclusive), r.rules(gate.OutputTokens, gate.Inconclusive))
	var words string
	if len(rules) > 0 {
		words = in.Prose(rules[0].Why)
		if rules[0].Suite != "" {
			words = in.Name(rules[0].Suite) + ": " + words
		}
	}
	if len(rules) > 1 {
		words += ", and " + text.Count(len(rules)-1, "more rule")
	}
	if r.Policy.Merge.OnInconclusive == gate.Block {
		return words + "; the policy blocks inconclusive results"
	}
	words += "; the policy allows inconclusive results"
	if r.Verdict.Promotable {
		words += ", and the model can be promoted"
	}
	return words
}

func (r Report) passed(in Style) string {
	won := r.rules(gate.PromoteGain, gate.Pass)
	if len(won) == 0 {
		words := "no harm was found, and no gain was shown"
		for _, rule := range r.Verdict.Rules {
			if rule.Rule == gate.PromoteGain && rule.N > 0 {
				words += fmt.Sprintf(" (%s points, %s)", Signed(rule.Delta), gate.PValue(rule.P))
			}
		}
		return words
	}
	rule := won[0]
	words := fmt.Sprintf("%s got better by %s points (%s), and no harm was found", in.Suites(rule), gate.Points(rule.Delta), gate.PValue(rule.P))
	if r.Verdict.Promotable {
		return words + "; the model can be promoted"
	}
	return words + "; the rules for promotion are not met"
}

// About names the commits and models that the verdict is about.
func (r Report) About(in Style) string {
	var words string
	switch {
	case r.Again:
		words = in.Revision(r.Head) + ", judged again under the policy of " + in.ref(r.Base.Ref)
	case r.Retrains:
		words = in.Revision(r.Base) + " as it stands"
	case r.Head.SHA != "" || r.Head.Ref != "":
		words = in.Revision(r.Head) + " into " + in.Revision(r.Base)
	}
	if r.CandidateTag != "" {
		if words != "" {
			words += ": "
		}
		words += fmt.Sprintf("candidate %s against baseline %s", in.tag(r.CandidateTag), in.tag(r.BaselineTag))
	}
	return words
}

// Subject is About with the time that the run took.
func (r Report) Subject(in Style) string {
	words := r.About(in)
	if took := r.Worked(); took > 0 && words != "" {
		words += "; run time " + text.Duration(took)
	}
	return words
}
