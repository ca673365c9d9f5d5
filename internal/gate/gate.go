// Package gate computes the verdict from the graded cases of a candidate and a baseline,
// and the policy. It is pure: the same cases and policy give the same verdict
// everywhere.
//
// A merge fails on evidence of harm; a promotion needs evidence of benefit. Too little
// data is inconclusive, and the policy decides whether that blocks.
package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/stats"
	"github.com/tunegate/tunegate/internal/suite"
)

// alpha is the one-sided level of the tests, in merge for all suites together.
const alpha = 0.05

// Decide compares the candidate with the baseline on the cases.
func Decide(p Policy, cases []eval.Case) Verdict {
	r := collect(cases)
	v := Verdict{Schema: 1, Outcome: Pass, PolicySHA256: p.SHA256()}
	for _, c := range cases {
		switch c.Model {
		case eval.Candidate:
			v.ModelID = c.ModelID
		case eval.Baseline:
			v.BaselineModelID = c.ModelID
		}
	}
	judged := listed(p.Merge.NoHarm, r.names(suite.Target, suite.Guard))
	targets := listed(p.Promote.Gain.AnyOf, r.names(suite.Target))
	guards := listed(p.Promote.NoWorse.AllOf, r.names(suite.Guard))

	merge := r.noHarm(judged, p.Merge.Margin)
	if limit := p.Merge.OutputTokens; limit != nil {
		merge = append(merge, r.ratio(OutputTokens, judged, *limit))
	}
	promote := []Rule{r.gain(targets, p.Promote.Gain.AtLeast)}
	for _, name := range guards {
		promote = append(promote, r.noWorse(name, p.Promote.NoWorse.Margin))
	}
	if limit := p.Promote.LatencyMedian; limit != nil {
		promote = append(promote, r.ratio(LatencyMedian, union(targets, guards), *limit))
	}
	v.Rules = slices.Concat(merge, promote)
	for _, name := range r.names(suite.Target, suite.Guard, suite.Observed) {
		if !slices.Contains(slices.Concat(judged, targets, guards), name) {
			v.Rules = append(v.Rules, r.observed(name))
		}
	}

	outcomes := func(rules []Rule, is Outcome) bool {
		return slices.ContainsFunc(rules, func(rule Rule) bool { return rule.Outcome == is })
	}
	switch {
	case outcomes(merge, Fail):
		v.Outcome = Fail
	case outcomes(merge, Inconclusive):
		v.Outcome = Inconclusive
	}
	v.Promotable = ExitCode(v, p) == 0 && !outcomes(promote, Fail) && !outcomes(promote, Inconclusive)
	return v
}

// listed is the policy's list of suites, or the default where it has none.
func listed(names, byRole []string) []string {
	if len(names) > 0 {
		return names
	}
	return byRole
}

func union(a, b []string) []string {
	names := slices.Concat(a, b)
	slices.Sort(names)
	return slices.Compact(names)
}

// noHarm tests each suite for harm, and all together for lost answers, with a correction
// over all tests.
func (r results) noHarm(suites []string, margin float64) []Rule {
	if len(suites) == 0 {
		return []Rule{{Rule: NoHarm, P: 1, Outcome: Inconclusive, Why: "there is no suite to test for harm"}}
	}
	lost, losing := r.answers(suites)
	tests := len(suites) + count(losing)
	var rules []Rule
	for _, name := range suites {
		rules = append(rules, r.compare(NoHarm, []string{name}, stats.Worse, alpha/float64(tests)))
	}
	if losing {
		rules = append(rules, lost)
	}
	ps := make([]float64, len(rules))
	for i, rule := range rules {
		ps[i] = rule.P
	}
	for i, harmed := range stats.Holm(ps, alpha) {
		rule := &rules[i]
		switch {
		case rule.Rule == Answers && harmed:
			rule.Outcome = Fail
		case rule.Rule == Answers:
			rule.Outcome = Pass // the margins of the suites count what is missing
		case harmed:
			rule.Outcome, rule.Why = Fail, rule.flips()
		default:
			rule.Outcome, rule.Why = rule.bounded(margin)
		}
	}
	return rules
}

// noWorse requires that a drop beyond the margin is excluded.
func (r results) noWorse(name string, margin float64) Rule {
	rule := r.compare(PromoteNoLoss, []string{name}, stats.Worse, alpha)
	rule.Outcome, rule.Why = rule.bounded(margin)
	if rule.N > 0 && rule.CI[1] <= -margin {
		rule.Outcome, rule.Why = Fail, rule.flips()
	}
	return rule
}

// gain requires a significant and large enough rise over all suites together. Missing
// pairs that could have regressed count against it: a candidate that no longer ends its
// answers must not win by those that it does end.
func (r results) gain(suites []string, atLeast float64) Rule {
	if len(suites) == 0 {
		return Rule{Rule: PromoteGain, P: 1, Outcome: Inconclusive, Why: "there is no target suite"}
	}
	rule := r.compare(PromoteGain, suites, stats.Better, alpha)
	need := fmt.Sprintf("at least %s points with p < %g are needed", Points(atLeast), alpha)
	switch {
	case rule.N == 0:
		rule.Outcome, rule.Why = Inconclusive, rule.nothing()
	case rule.P < alpha && rule.worst(rule.Delta) >= atLeast:
		rule.Outcome, rule.Why = Pass, rule.flips()
	case rule.CI[1] < atLeast:
		rule.Outcome, rule.Why = Fail, rule.flips()+"; "+need
	default:
		rule.Outcome, rule.Why = Inconclusive, rule.flips()+"; "+need+rule.without()
	}
	return rule
}

func (r results) observed(name string) Rule {
	rule := r.compare(Observed, []string{name}, stats.Worse, alpha)
	rule.Outcome, rule.Why = Reported, "no rule applies"
	return rule
}

// worst is a rate over all planned pairs, if each missing one that could have regressed
// had done so.
func (r Rule) worst(rate float64) float64 {
	if r.Missing == 0 {
		return rate
	}
	planned := float64(r.N + r.Missing)
	return min(rate, rate*float64(r.N)/planned) - float64(r.CouldRegress)/planned
}

// bounded passes if a drop beyond the margin is excluded, with the worst assumed of
// missing pairs.
func (r Rule) bounded(margin float64) (Outcome, string) {
	if r.N == 0 {
		return Inconclusive, r.nothing()
	}
	low := r.worst(r.CI[0])
	if low < -margin {
		return Inconclusive, fmt.Sprintf("a drop of %s points cannot be excluded (margin %s)%s", Points(-low), Points(margin), r.without())
	}
	return Pass, fmt.Sprintf("a drop of more than %s points is excluded%s", Points(max(0, -low)), r.without())
}

// flips counts the cases that regressed and were fixed.
func (r Rule) flips() string {
	return fmt.Sprintf("%d of %d cases regressed, %d fixed (%s)", len(r.Regressed), r.N, len(r.Fixed), PValue(r.P))
}

// without counts the missing pairs.
func (r Rule) without() string {
	if r.Missing == 0 {
		return ""
	}
	return fmt.Sprintf("; %d of %d pairs lack a usable answer, %d of them could have regressed", r.Missing, r.N+r.Missing, r.CouldRegress)
}

func (r Rule) nothing() string {
	if r.Missing == 0 {
		return "no case was evaluated"
	}
	return fmt.Sprintf("none of the %d pairs has two usable answers", r.Missing)
}

// Points writes a share as percentage points: 0.125 is 12.5.
func Points(share float64) string {
	return strings.Replace(fmt.Sprintf("%.1f", 100*share), "-0.0", "0.0", 1)
}

// PValue writes a p value: p = 0.0312, or p < 0.0001.
func PValue(p float64) string {
	if p < 0.0001 {
		return "p < 0.0001"
	}
	return fmt.Sprintf("p = %.4f", p)
}
