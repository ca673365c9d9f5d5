package card

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// rate is the result of a suite.
type rate struct {
	suite, role             string
	passed, before, decided int
}

// rates counts the decided pairs of each suite, in the order of the cases.
func rates(r report.Report) (rates []rate) {
	tallies := r.Tallies()
	var seen []string
	for _, c := range r.Cases {
		t := tallies[c.Suite]
		decided := t.Total() - t.Undecided
		if c.Model != eval.Candidate || decided == 0 || slices.Contains(seen, c.Suite) {
			continue
		}
		seen = append(seen, c.Suite)
		rates = append(rates, rate{suite: c.Suite, role: c.Role, passed: t.Right + t.Fixed, before: t.Right + t.Regressed, decided: decided})
	}
	return rates
}

// results is the table of the suites' pass rates.
func results(r report.Report) string {
	rates := rates(r)
	if len(rates) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("Pass rates over the cases that both models answered, from the same prompts and seeds.\n\n")
	out.WriteString("| suite | role | cases | baseline | this model |\n| --- | --- | --: | --: | --: |\n")
	for _, rate := range rates[:min(len(rates), report.MostRules)] {
		share := func(n int) string { return gate.Points(float64(n)/float64(rate.decided)) + " %" }
		fmt.Fprintf(&out, "| %s | %s | %d | %s | %s |\n", report.Markdown.Name(rate.suite), text.Name(rate.role), rate.decided, share(rate.before), share(rate.passed))
	}
	return titled("Results", out.String())
}

// limits lists the minimum detectable effects of the merge rules.
func limits(r report.Report) string {
	var out strings.Builder
	for _, rule := range r.Verdict.Rules {
		if rule.Rule != gate.NoHarm || rule.N == 0 {
			continue
		}
		found := "no drop is detectable"
		if report.Detectable(rule) {
			found = "a drop of " + gate.Points(rule.Detects) + " points"
		}
		fmt.Fprintf(&out, "- %s (n = %s): %s\n", report.Markdown.Suites(rule), report.Pairs(rule), found)
	}
	if out.Len() == 0 {
		return ""
	}
	return titled("Minimum detectable effects", "The smallest drops that the tests find with 80 % power. Smaller drops may go undetected, and the suites say nothing about what they do not test.\n\n"+out.String())
}
