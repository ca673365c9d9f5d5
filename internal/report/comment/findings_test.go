package comment

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/reporttest"
)

func TestNewWarningsStandApart(t *testing.T) {
	t.Parallel()
	comment := string(Render(report.Report{Findings: reporttest.Findings(40)}))
	fresh, old := strings.Index(comment, "New warnings in the data (1)"), strings.Index(comment, "Other findings in the data (40)")
	if fresh < 0 || old < fresh || strings.Contains(comment[old:], "b.json") || !strings.Contains(comment, "#### New errors in the data\n\n- `c.json:8`") {
		t.Errorf("got %s", comment)
	}
}

func TestEqualFindingsAreOneLine(t *testing.T) {
	t.Parallel()
	comment := string(Render(report.Report{Findings: reporttest.RepeatedErrors(1200)}))
	for _, want := range []string{"- `a.json:1` `level`, 3 times: no level (hint: add one)\n", "- `a.json:4` `level`, 1,197 times: no level", "- `b.json:7` `secret`: a key"} {
		if strings.Count(comment, want) != 1 {
			t.Errorf("%q is not once in %s", want, comment)
		}
	}
}

// The remainder counts findings, not lines.
func TestFindingsLeftOut(t *testing.T) {
	t.Parallel()
	var list []dataset.Finding
	for i := range mostFindings + 4 {
		list = append(list, dataset.Finding{Check: "level", File: "a.json", Line: 1, Message: fmt.Sprint("no ", i)})
	}
	list = append(list, list[len(list)-1])
	if comment := string(Render(report.Report{Findings: list})); !strings.Contains(comment, "Other findings in the data (35)") || !strings.Contains(comment, "- 5 more in report.html\n") {
		t.Errorf("got %s", comment)
	}
}

func TestSides(t *testing.T) {
	t.Parallel()
	reporttest.CheckSides(t, string(Render(reporttest.Sided())))
}
