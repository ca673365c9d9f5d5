package report

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
)

// maxRows bounds the tables of rules.
const maxRows = 60

// columns are the heads of the table of rules.
var columns = []string{"rule", "suite", "n", "baseline", "candidate", "change", "90 % interval", "broke / fixed", "can see", "outcome"}

// legend explains the columns.
const legend = "Change and interval are percentage points of the pass rate. The interval is two-sided 90 %, so each of its ends is the one-sided " +
	"95 % bound that the rules use. \"Can see\" is the smallest true change that the rule's test would find with a chance of 80 %; none: too few cases for that, or too few that were right (for a gain: wrong) before. " +
	"Merge rules fail on evidence of harm; promote rules only say whether the model may be promoted."

// row writes one rule in the columns.
func row(in style, rule gate.Rule) []string {
	cells := []string{in.name(rule.Rule), suites(in, rule), size(rule)}
	switch {
	case rule.Rule == gate.OutputTokens || rule.Rule == gate.LatencyMedian:
		cells = append(cells, fmt.Sprintf("%.1f", rule.Baseline), fmt.Sprintf("%.1f", rule.Candidate), signed(rule.Delta)+" %", "", "", "")
	case rule.N == 0 || rule.Rule == gate.DataErrors:
		cells = append(cells, "", "", "", "", "", "")
	default:
		cells = append(cells,
			gate.Points(rule.Baseline)+" %", gate.Points(rule.Candidate)+" %", signed(rule.Delta),
			signed(rule.CI[0])+" to "+signed(rule.CI[1]),
			fmt.Sprintf("%d / %d", len(rule.Broken), len(rule.Fixed)), sees(rule))
	}
	return append(cells, name(string(rule.Outcome)))
}

// size is the number of pairs, and of the groups they fall into.
func size(rule gate.Rule) string {
	if rule.Clusters == 0 || rule.Clusters == rule.N {
		return fmt.Sprint(rule.N)
	}
	return fmt.Sprintf("%d in %s", rule.N, count(rule.Clusters, "group"))
}

func sees(rule gate.Rule) string {
	if !sighted(rule) {
		return "none"
	}
	return gate.Points(rule.Detects)
}

// sighted says whether the rule's test can see any change: a suite of which the
// baseline has less right than the smallest drop that can be seen has none to
// lose, and one of which it has less wrong than the smallest gain, none to win.
func sighted(rule gate.Rule) bool {
	room := 1.0
	switch rule.Rule {
	case gate.NoHarm, gate.PromoteNoLoss:
		room = rule.Baseline
	case gate.PromoteGain:
		room = 1 - rule.Baseline
	}
	return rule.Detects < 1 && rule.Detects <= room
}

// table is the rows of all rules, at most maxRows, and how many are left out.
func (r Report) table(in style) (rows [][]string, left int) {
	for _, rule := range r.Verdict.Rules {
		if rule.Rule != gate.DataErrors {
			rows = append(rows, row(in, rule))
		}
	}
	if len(rows) > maxRows {
		return rows[:maxRows], len(rows) - maxRows
	}
	return rows, 0
}

// reason is why a rule did not pass.
type reason struct{ Rule, Suite, Why string }

// reasons are those of the rules that did not pass, at most maxRows; of the
// promote rules only where a promotion is not out of the question anyway.
func (r Report) reasons(in style) (reasons []reason) {
	for _, rule := range r.Verdict.Rules {
		passed := rule.Outcome == gate.Pass || rule.Outcome == gate.Reported
		idle := r.Verdict.Outcome == gate.Fail && strings.HasPrefix(rule.Rule, "promote.")
		if passed || idle || rule.Rule == gate.DataErrors || len(reasons) == maxRows {
			continue
		}
		reasons = append(reasons, reason{in.name(rule.Rule), suites(in, rule), in.prose(rule.Why)})
	}
	return reasons
}
