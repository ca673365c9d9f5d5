package report

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/text"
)

// RuleColumns are the headers of the table of rules.
func RuleColumns() []string {
	return []string{"rule", "suite", "n", "baseline", "candidate", "change", "90 % interval", "regressed / fixed", "detectable", "outcome"}
}

// Legend explains the columns.
const Legend = "Change and interval are in percentage points of the pass rate. The interval is two-sided 90 %, so each of its ends is the one-sided " +
	"95 % bound that the rules use. The minimum detectable effect (\"detectable\") is the smallest true change that the rule's test finds with 80 % power; " +
	"\"none\" means too few cases, or a baseline too low to detect a drop (too high to detect a gain). " +
	"Merge rules fail on evidence of harm; promote rules only decide whether the model may be promoted."

// row writes one rule in the columns.
func row(in Style, rule gate.Rule) []string {
	cells := []string{in.Name(rule.Rule), in.Suites(rule), Pairs(rule)}
	switch {
	case rule.Rule == gate.OutputTokens || rule.Rule == gate.LatencyMedian:
		cells = append(cells, fmt.Sprintf("%.1f", rule.Baseline), fmt.Sprintf("%.1f", rule.Candidate), Signed(rule.Delta)+" %", "", "", "")
	case rule.N == 0 || rule.Rule == gate.DataErrors:
		cells = append(cells, "", "", "", "", "", "")
	default:
		cells = append(cells,
			gate.Points(rule.Baseline)+" %", gate.Points(rule.Candidate)+" %", Signed(rule.Delta),
			Signed(rule.CI[0])+" to "+Signed(rule.CI[1]),
			fmt.Sprintf("%d / %d", len(rule.Regressed), len(rule.Fixed)), detects(rule))
	}
	return append(cells, text.Name(string(rule.Outcome)))
}

// Pairs is the number of pairs, and of their clusters where that is another.
func Pairs(rule gate.Rule) string {
	if rule.Clusters == 0 || rule.Clusters == rule.N {
		return fmt.Sprint(rule.N)
	}
	return fmt.Sprintf("%d in %s", rule.N, text.Count(rule.Clusters, "cluster"))
}

func detects(rule gate.Rule) string {
	if !Detectable(rule) {
		return "none"
	}
	return gate.Points(rule.Detects)
}

// Detectable says whether the rule's test can detect any change. It cannot detect a drop
// if the baseline's pass rate is below the smallest detectable one, nor a gain if its
// failure rate is.
func Detectable(rule gate.Rule) bool {
	room := 1.0
	switch rule.Rule {
	case gate.NoHarm, gate.PromoteNoLoss:
		room = rule.Baseline
	case gate.PromoteGain:
		room = 1 - rule.Baseline
	}
	return rule.Detects < 1 && rule.Detects <= room
}

// RuleTable returns the rows of all rules, at most MostRules, and how many are left out.
func (r Report) RuleTable(in Style) (rows [][]string, left int) {
	for _, rule := range r.Verdict.Rules {
		if rule.Rule != gate.DataErrors {
			rows = append(rows, row(in, rule))
		}
	}
	if len(rows) > MostRules {
		return rows[:MostRules], len(rows) - MostRules
	}
	return rows, 0
}

// Unmet is why a rule did not pass.
type Unmet struct{ Rule, Suite, Why string }

// Reasons lists the rules that did not pass, at most MostRules. It leaves out the
// promote rules of a failed verdict, which cannot be promoted anyway.
func (r Report) Reasons(in Style) (reasons []Unmet) {
	for _, rule := range r.Verdict.Rules {
		passed := rule.Outcome == gate.Pass || rule.Outcome == gate.Reported
		idle := r.Verdict.Outcome == gate.Fail && strings.HasPrefix(rule.Rule, "promote.")
		if passed || idle || rule.Rule == gate.DataErrors || len(reasons) == MostRules {
			continue
		}
		reasons = append(reasons, Unmet{in.Name(rule.Rule), in.Suites(rule), in.Prose(rule.Why)})
	}
	return reasons
}
