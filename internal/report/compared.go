package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
)

// compared is a row of the comment's table: what one measure gave on the same
// suites, and what the rules that look at it say.
type compared struct {
	measure        string // empty: the pass rate
	rule           gate.Rule
	merge, promote gate.Outcome // empty: no such rule looks at it
}

// measures are those of the rules that do not look at the pass rate.
var measures = map[string]string{
	gate.Answers: "usable answers", gate.OutputTokens: "tokens an answer", gate.LatencyMedian: "median time, ms",
}

// compared joins the rules that look at the same, those that stop a merge first,
// the clearest before the others.
func (r Report) compared() (rows []compared) {
	index := make(map[[2]string]int)
	for _, rule := range r.Verdict.Rules {
		if rule.Rule == gate.DataErrors {
			continue
		}
		key := [2]string{measures[rule.Rule], rule.Suite}
		i, known := index[key]
		if !known {
			i = len(rows)
			index[key] = i
			rows = append(rows, compared{measure: key[0], rule: rule})
		}
		switch {
		case strings.HasPrefix(rule.Rule, "merge."):
			rows[i].merge = rule.Outcome
		case strings.HasPrefix(rule.Rule, "promote."):
			rows[i].promote = rule.Outcome
		}
	}
	rank := map[gate.Outcome]int{gate.Fail: -2, gate.Inconclusive: -1}
	slices.SortStableFunc(rows, func(a, b compared) int {
		return cmp.Or(cmp.Compare(rank[a.merge], rank[b.merge]), cmp.Compare(a.rule.P, b.rule.P))
	})
	return rows
}

// shownOutcomes are what the table says of the outcomes.
var shownOutcomes = map[gate.Outcome]string{"": "", gate.Pass: "pass", gate.Fail: "❌ **fail**", gate.Inconclusive: "inconclusive"}

// cells are the row in Markdown, in the columns of comparedColumns.
func (c compared) cells() []string {
	rule, what := c.rule, c.measure
	switch {
	case what == "" && rule.Suite == "":
		what = "no suite"
	case what == "":
		what = suites(markdown, rule)
	}
	cells := []string{what, "", "", "", ""}
	switch {
	case rule.N == 0:
	case rule.Rule == gate.OutputTokens || rule.Rule == gate.LatencyMedian:
		cells = []string{what, fmt.Sprintf("%.1f", rule.Baseline), fmt.Sprintf("%.1f", rule.Candidate), minus(signed(rule.Delta)) + " %", ""}
	default:
		cells = []string{
			what, gate.Points(rule.Baseline) + " %", gate.Points(rule.Candidate) + " %",
			unbroken(minus(fmt.Sprintf("%s (%s to %s)", signed(rule.Delta), signed(rule.CI[0]), signed(rule.CI[1])))),
			unbroken(fmt.Sprintf("%d / %d of %d", len(rule.Broken), len(rule.Fixed), rule.N)),
		}
	}
	for _, outcome := range []gate.Outcome{c.merge, c.promote} {
		said, known := shownOutcomes[outcome]
		if !known {
			said = name(string(outcome))
		}
		cells = append(cells, said)
	}
	return cells
}

// unbroken keeps numbers on one line.
func unbroken(numbers string) string { return strings.ReplaceAll(numbers, " ", "\u00a0") }

var comparedColumns = []string{"suite", "baseline", "candidate", "change (90 % interval)", "broke / fixed", "merge", "promote"}

// rates says whether the row has the pass rates of one suite.
func (c compared) rates() bool {
	return c.measure == "" && c.rule.N > 0 && !(c.rule.Pooled() && strings.Contains(c.rule.Suite, ", "))
}

// comparedTable is the comment's table.
func (r Report) comparedTable() string {
	rows := r.compared()
	if len(rows) == 0 {
		return ""
	}
	var out strings.Builder
	writeRow(&out, comparedColumns)
	writeRow(&out, []string{"---", "--:", "--:", "--:", "--:", "---", "---"})
	for _, row := range rows[:min(len(rows), maxRows)] {
		writeRow(&out, row.cells())
	}
	if left := len(rows) - maxRows; left > 0 {
		fmt.Fprintf(&out, "\n%s more%s.\n", count(left, "row"), r.onPage())
	}
	return out.String()
}

func writeRow(out *strings.Builder, cells []string) {
	fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
}

// sights says in a sentence what the rules can see.
func (r Report) sights() string {
	var words, seen, blind []string
	for _, kind := range [...]struct{ rules, change string }{{gate.NoHarm, "drop"}, {gate.PromoteGain, "gain"}} {
		can, not := r.sight(kind.rules)
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
		words = append(words, "They can not see "+strings.Join(blind, ", nor ")+".")
	}
	if len(words) == 0 {
		return ""
	}
	return "**What the suites can see:** " + strings.Join(words, " ") + "\n"
}

// sight says which changes the rules of a name can see, and in which suites none.
func (r Report) sight(rules string) (seen, blind []string) {
	for _, rule := range r.Verdict.Rules {
		if rule.Rule != rules || rule.N == 0 {
			continue
		}
		suite := fmt.Sprintf("%s (%s)", suites(markdown, rule), count(rule.N, "case"))
		if sighted(rule) {
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
