package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/dataset"
)

// warned are findings of one check, the last of which is new, and a new error.
func warned(old int) (list []dataset.Finding) {
	for i := range old {
		list = append(list, dataset.Finding{Check: "level", Level: "warn", File: "a.json", Line: i + 1, Message: "no level (hint: add one)"})
	}
	fresh := dataset.Finding{Check: "secret", Level: "warn", New: true, File: "b.json", Line: 7, Message: "a key (hint: drop it)"}
	failed := dataset.Finding{Check: "syntax", Level: "error", New: true, File: "c.json", Line: 8, Message: "no brace (hint: add it)"}
	return append(list, fresh, failed)
}

func TestNewWarningsStandApart(t *testing.T) {
	t.Parallel()
	r := Report{Findings: warned(40)}
	comment := string(Comment(r))
	fresh, old := strings.Index(comment, "New warnings in the data (1)"), strings.Index(comment, "Other findings in the data (40)")
	if fresh < 0 || old < fresh || strings.Contains(comment[old:], "b.json") || !strings.Contains(comment, "#### New errors in the data\n\n- `c.json:8`") {
		t.Errorf("got %s", comment)
	}
	page := string(render(t, r))
	fresh, old = strings.Index(page, `<section id="warned">`), strings.Index(page, `<section id="data">`)
	if fresh < 0 || old < fresh || !strings.Contains(page[fresh:old], "b.json:7") {
		t.Errorf("the page has new warnings at %d, old ones at %d", fresh, old)
	}
	if shown := string(Findings(r)); !strings.HasPrefix(shown, "findings: 42, 1 of them new errors\nerror c.json:8: ") || !strings.Contains(shown, "\nwarn b.json:7: secret: a key (hint: drop it)\nwarn a.json:1: ") {
		t.Errorf("got %s", shown)
	}
}

func TestEqualFindingsAreOneLine(t *testing.T) {
	t.Parallel()
	list := warned(1200)
	for i := range 3 {
		list[i].Level, list[i].New = "error", true
	}
	r := Report{Findings: list}
	for out, wants := range map[string][]string{
		string(Comment(r)): {"- `a.json:1` `level`, 3 times: no level (hint: add one)\n", "- `a.json:4` `level`, 1,197 times: no level", "- `b.json:7` `secret`: a key"},
		string(Summary(r)): {"new errors in the data: 4\n", "- a.json:1: level, 3 times: no level (hint: add one)\n- c.json:8: syntax: no brace"},
	} {
		for _, want := range wants {
			if strings.Count(out, want) != 1 {
				t.Errorf("%q is not once in %s", want, out)
			}
		}
	}
}

// What is left out is counted by findings, not by lines.
func TestFindingsLeftOut(t *testing.T) {
	t.Parallel()
	var list []dataset.Finding
	for i := range foldedData + 4 {
		list = append(list, dataset.Finding{Check: "level", File: "a.json", Line: 1, Message: fmt.Sprint("no ", i)})
	}
	list = append(list, list[len(list)-1])
	if comment := string(Comment(Report{Findings: list})); !strings.Contains(comment, "Other findings in the data (35)") || !strings.Contains(comment, "- 5 more in report.html\n") {
		t.Errorf("got %s", comment)
	}
}
