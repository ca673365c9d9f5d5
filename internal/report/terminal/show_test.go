package terminal

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/reporttest"
)

func TestNewFindingsComeFirst(t *testing.T) {
	t.Parallel()
	shown := string(Findings(report.Report{Findings: reporttest.Findings(40)}))
	if !strings.HasPrefix(shown, "findings: 42, 1 new error\nerror c.json:8: ") ||
		!strings.Contains(shown, "\nwarn b.json:7: secret: a key (hint: drop it)\nwarn a.json:1: ") {
		t.Errorf("got %s", shown)
	}
}

func TestFirstFindings(t *testing.T) {
	t.Parallel()
	if shown := FirstFindings(report.Report{}); shown != nil {
		t.Errorf("of none: %s", shown)
	}
	shown := string(FirstFindings(report.Report{Findings: reporttest.Findings(40)}))
	if !strings.HasPrefix(shown, "findings: 42, 1 new error\nerror c.json:8: ") || !strings.HasSuffix(shown, "\nand 22 more: tunegate show --findings\n") || strings.Count(shown, "\n") != 22 {
		t.Errorf("got %s", shown)
	}
	shown = string(DataSummary(report.Report{Findings: reporttest.Findings(3)}))
	if strings.Count(shown, "c.json:8") != 1 || strings.Contains(shown, "new errors in the data") {
		t.Errorf("got %s", shown)
	}
}

func TestEqualFindingsAreOneLine(t *testing.T) {
	t.Parallel()
	shown := string(Summary(report.Report{Findings: reporttest.RepeatedErrors(1200)}))
	for _, want := range []string{"new errors in the data: 4\n", "- a.json:1: level, 3 times: no level (hint: add one)\n- c.json:8: syntax: no brace"} {
		if strings.Count(shown, want) != 1 {
			t.Errorf("%q is not once in %s", want, shown)
		}
	}
}
