package comment

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/reporttest"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, r := range reporttest.All() {
		reporttest.Golden(t, name+".md", Render(r))
	}
}

func TestCommentKeepsItsBudget(t *testing.T) {
	t.Parallel()
	r := reporttest.Poisoned(strings.Repeat("\U0001F600`", 3000))
	for i := range 500 {
		rule := r.Verdict.Rules[0]
		rule.Suite = fmt.Sprint(strings.Repeat("s", 60), i)
		r.Verdict.Rules = append(r.Verdict.Rules, rule)
	}
	for i := range 100 {
		for _, finding := range r.Findings[:2] {
			finding.Message = fmt.Sprint(i, finding.Message)
			r.Findings = append(r.Findings, finding)
		}
	}
	comment := string(Render(r))
	if len(comment) > Budget {
		t.Errorf("%d bytes", len(comment))
	}
	for line := range strings.Lines(comment) {
		if cells := strings.Count(line, "|") - 1; strings.HasPrefix(line, "|") && cells != len(report.RuleColumns()) && cells != len(comparedColumns) {
			t.Errorf("a cut row: %s", line)
		}
	}
	for _, want := range []string{
		Marker + " -->\n### ❌ tunegate: fail - ", "441 more rows in report.html", "#### Regressions (8 cases)\n\n<details open>",
		"\nLeft out for length: ", "They are in report.html.\n",
	} {
		if !strings.Contains(comment, want) {
			t.Errorf("%q is not in it", want)
		}
	}
}

// Only a judged run has a page, so no other comment names it.
func TestNotesAreBounded(t *testing.T) {
	t.Parallel()
	for state, want := range map[report.State]string{
		report.Judged: "> 2 more notes in report.html.\n", report.Ready: "> 2 more notes.\n", report.Ungated: "> 2 more notes.\n", report.Broke: "> 2 more notes.\n",
		report.Cancelled: "> 2 more notes.\n", report.Stopped: "> 2 more notes.\n",
	} {
		r := report.Report{State: state}
		for i := range 12 {
			r.Notes = append(r.Notes, fmt.Sprintf("note %d", i))
		}
		for i := range mostFindings + 1 {
			r.Findings = append(r.Findings, dataset.Finding{Check: "level", Message: fmt.Sprint("no ", i)})
		}
		comment := string(Render(r))
		if !strings.Contains(comment, "> note 9\n>\n"+want) || !strings.Contains(comment, "- 1 more") || state != report.Judged && strings.Contains(comment, "report.html") {
			t.Errorf("%q: got %s", state, comment)
		}
	}
}

func TestNotesOfAnyText(t *testing.T) {
	t.Parallel()
	if got, want := notes(report.Report{Notes: []string{"", "1. a"}}), "> [!NOTE]\n> `(empty)`\n>\n> `1. a`\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRegressionWithoutSimilarRow(t *testing.T) {
	t.Parallel()
	const alone = "No similar training row.\n"
	r := reporttest.Tutor()
	if got := strings.Count(string(Render(r)), alone); got != report.MostRegressions-len(r.Nearest) {
		t.Errorf("%d cases of %d have no similar row", got, report.MostRegressions)
	}
	for r.Nearest = range slices.Values([]map[string][]report.Row{nil, {"followup/steps-product-0": {}}}) {
		if strings.Contains(string(Render(r)), alone) {
			t.Errorf("%v: it speaks of rows that were not looked up", r.Nearest)
		}
	}
}

// Adding a section takes a function and a line in the list.
func TestAnotherSection(t *testing.T) {
	t.Parallel()
	carbon := func(r report.Report) string { return "It took " + r.Origin.Tool + " grams of carbon.\n" }
	added := append(slices.Clone(sections), section{8, "the carbon", one(carbon)})
	r := reporttest.Tutor()
	before, after := string(render(r, Marker+" -->", sections)), string(render(r, Marker+" -->", added))
	if after != before+"\nIt took v0.4.0 grams of carbon.\n" {
		t.Errorf("got %s", after)
	}
}
