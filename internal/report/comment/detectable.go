package comment

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// detectable lists the minimum detectable effects of the rules on pass rates.
func detectable(r report.Report) string {
	var effects, blind []string
	for _, kind := range [...]struct{ rules, change string }{{gate.NoHarm, "drop"}, {gate.PromoteGain, "gain"}} {
		can, not := detected(r, kind.rules)
		if len(can) > 0 {
			effects = append(effects, "a "+kind.change+" "+listing(can))
		}
		if len(not) > 0 {
			blind = append(blind, "no "+kind.change+" is detectable in "+listing(not))
		}
	}
	if len(effects)+len(blind) == 0 {
		return ""
	}
	words := strings.Join(append(effects, blind...), "; ") + "."
	if len(effects) > 0 {
		words += " Smaller changes may go undetected."
	}
	return "**Minimum detectable effect (80 % power):** " + words + "\n"
}

// detected splits the suites of the named rules into detectable changes with their
// suites, and suites in which no change is detectable.
func detected(r report.Report, rules string) (effects, blind []string) {
	for _, rule := range r.Verdict.Rules {
		if rule.Rule != rules || rule.N == 0 {
			continue
		}
		suite := fmt.Sprintf("%s (%s)", report.Markdown.Suites(rule), text.Count(rule.N, "case"))
		if report.Detectable(rule) {
			effects = append(effects, fmt.Sprintf("of %s points in %s", gate.Points(rule.Detects), suite))
		} else {
			blind = append(blind, suite)
		}
	}
	return effects, blind
}

// listing joins the first few of parts.
func listing(parts []string) string {
	const most = 6
	if left := len(parts) - most; left > 0 {
		parts = append(parts[:most:most], fmt.Sprintf("%d more", left))
	}
	return strings.Join(parts, ", ")
}
