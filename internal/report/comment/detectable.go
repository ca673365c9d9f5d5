package comment

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// detectable says in a sentence which changes the rules can detect.
func detectable(r report.Report) string {
	var words, seen, blind []string
	for _, kind := range [...]struct{ rules, change string }{{gate.NoHarm, "drop"}, {gate.PromoteGain, "gain"}} {
		can, not := detected(r, kind.rules)
		if len(can) > 0 {
			seen = append(seen, "a "+kind.change+" "+listing(can))
		}
		if len(not) > 0 {
			blind = append(blind, "any "+kind.change+" in "+listing(not))
		}
	}
	if len(seen) > 0 {
		words = append(words, "with a chance of 80 %, "+strings.Join(seen, "; ")+"; a smaller change may pass unseen.")
	}
	if len(blind) > 0 {
		words = append(words, "They cannot see "+strings.Join(blind, ", nor ")+".")
	}
	if len(words) == 0 {
		return ""
	}
	return "**What the suites can see:** " + strings.Join(words, " ") + "\n"
}

// detected says which changes the rules of a name can detect, and in which
// suites none.
func detected(r report.Report, rules string) (seen, blind []string) {
	for _, rule := range r.Verdict.Rules {
		if rule.Rule != rules || rule.N == 0 {
			continue
		}
		suite := fmt.Sprintf("%s (%s)", report.Markdown.Suites(rule), text.Count(rule.N, "case"))
		if report.Detectable(rule) {
			seen = append(seen, fmt.Sprintf("of %s points in %s", gate.Points(rule.Detects), suite))
		} else {
			blind = append(blind, suite)
		}
	}
	return seen, blind
}

// listing joins the first few of parts.
func listing(parts []string) string {
	const most = 6
	if left := len(parts) - most; left > 0 {
		parts = append(parts[:most:most], fmt.Sprintf("%d more", left))
	}
	return strings.Join(parts, ", ")
}
