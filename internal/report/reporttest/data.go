package reporttest

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/report"
)

// Findings returns old warnings of one check, a new warning, and a new error.
func Findings(old int) (list []dataset.Finding) {
	for i := range old {
		list = append(list, dataset.Finding{Check: "level", Level: "warn", File: "a.json", Line: i + 1, Message: "no level (hint: add one)"})
	}
	fresh := dataset.Finding{Check: "secret", Level: "warn", New: true, File: "b.json", Line: 7, Message: "a key (hint: drop it)"}
	failed := dataset.Finding{Check: "syntax", Level: "error", New: true, File: "c.json", Line: 8, Message: "no brace (hint: add it)"}
	return append(list, fresh, failed)
}

// RepeatedErrors is Findings with three equal findings turned into new errors.
func RepeatedErrors(old int) []dataset.Finding {
	list := Findings(old)
	for i := range 3 {
		list[i].Level, list[i].New = "error", true
	}
	return list
}

// Sided is a report with places in the head, in the base, and in neither.
func Sided() report.Report {
	return report.Report{
		Links: report.Links{Head: "https://example.org/head", Base: "https://example.org/base"},
		Sides: map[string]report.Side{"b": report.BaseSide, "n": report.Neither, "h": report.HeadSide},
		Findings: []dataset.Finding{
			{Check: "x", Level: "warn", File: "b", Line: 3, See: "n:4", Message: "m"}, {Check: "y", Level: "warn", File: "missing", Line: 5, See: "b:6", Message: "m"},
		},
		BaselineProbe: &report.BaselineProbe{Asked: 2, Correct: 2, Rows: []report.Row{
			{File: "x", Line: 7, Side: report.BaseSide}, {File: "y", Line: 8, Side: report.Neither},
		}},
	}
}

// CheckSides fails the test if the rendered Sided does not link each place to the side
// that has it.
func CheckSides(t testing.TB, rendered string) {
	t.Helper()
	for _, want := range []string{"base/b#L3", "head/missing#L5", "base/b#L6", "base/x#L7"} {
		if !strings.Contains(rendered, "https://example.org/"+want) {
			t.Errorf("no link to %s", want)
		}
	}
	if strings.Contains(rendered, "/n#") || strings.Contains(rendered, "/y#") {
		t.Error("a link to what no side has")
	}
}
