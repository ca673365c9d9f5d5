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

// rate is how a suite went.
type rate struct {
	suite, role             string
	passed, before, decided int
}

// rates count the pairs of each suite that both models decided, in the order of
// the cases.
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

// results are the suites' pass rates before and after.
func results(r report.Report) string {
	rates := rates(r)
	if len(rates) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("Shares of the cases that both models answered; each model was asked the same questions with the same seeds.\n\n")
	out.WriteString("| suite | role | cases | before | after |\n| --- | --- | --: | --: | --: |\n")
	for _, rate := range rates[:min(len(rates), report.MostRules)] {
		share := func(n int) string { return gate.Points(float64(n)/float64(rate.decided)) + " %" }
		fmt.Fprintf(&out, "| %s | %s | %d | %s | %s |\n", report.Markdown.Name(rate.suite), text.Name(rate.role), rate.decided, share(rate.before), share(rate.passed))
	}
	return titled("Results", out.String())
}

// limits are the smallest changes that the merge rules could have seen.
func limits(r report.Report) string {
	var out strings.Builder
	for _, rule := range r.Verdict.Rules {
		if rule.Rule != gate.NoHarm || rule.N == 0 {
			continue
		}
		found := "no drop at all"
		if report.Detectable(rule) {
			found = "drops from " + gate.Points(rule.Detects) + " points on"
		}
		fmt.Fprintf(&out, "- %s (%s): %s, with a chance of 80 %%\n", report.Markdown.Suites(rule), report.Pairs(rule), found)
	}
	if out.Len() == 0 {
		return ""
	}
	return titled("What the results cannot see", "Smaller drops than these can be there and stay unseen, and nothing is known of what the suites do not ask:\n\n"+out.String())
}
