package terminal

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// showMost bounds the lists that `tunegate show` prints.
const showMost = 1000

// Flips prints the regressed cases with both answers, and the names of the fixed ones.
func Flips(r report.Report) []byte {
	var out bytes.Buffer
	printRegressed(&out, r, showMost)
	fixed := report.Names(r.Fixed())
	fmt.Fprintf(&out, "\nfixed: %d\n", len(fixed))
	for _, id := range fixed[:min(len(fixed), showMost)] {
		fmt.Fprintf(&out, "- %s\n", line(id, 200))
	}
	return out.Bytes()
}

// Findings prints the findings of the dataset checks, new errors and warnings first.
func Findings(r report.Report) []byte {
	var out bytes.Buffer
	printFindings(&out, r, showMost, "in dataset/findings.jsonl of the run")
	return out.Bytes()
}

// FirstFindings prints the first findings, and nothing if there are none.
func FirstFindings(r report.Report) []byte {
	var out bytes.Buffer
	if len(r.Findings) > 0 {
		printFindings(&out, r, dataFindings, "tunegate show --findings")
	}
	return out.Bytes()
}

func printFindings(out *bytes.Buffer, r report.Report, most int, others string) {
	blocking, warned, old := r.SortedFindings()
	all := slices.Concat(blocking, warned, old)
	fmt.Fprintf(out, "findings: %s, %s\n", text.Grouped(len(all)), text.Count(len(blocking), "new error"))
	shown := min(len(all), most)
	for _, finding := range all[:shown] {
		fmt.Fprintf(out, "%s %s: %s: %s\n", text.Name(finding.Level), line(finding.Where(), 200), text.Name(finding.Check), line(finding.Message, 300))
	}
	if left := len(all) - shown; left > 0 {
		fmt.Fprintf(out, "and %d more: %s\n", left, others)
	}
}

// Case prints one case, SUITE/ID or ID alone, with both models' answers and the results
// of its assertions. It prints nothing if there is no such case.
func Case(r report.Report, id string) []byte {
	var out bytes.Buffer
	for _, c := range r.Cases {
		if id != gate.ID(c) && id != c.Suite+"/"+gate.ID(c) {
			continue
		}
		result := "excluded"
		if c.Pass != nil {
			result = map[bool]string{true: "pass", false: "fail"}[*c.Pass]
		}
		fmt.Fprintf(&out, "%s/%s, %s: %s\n", text.Name(c.Suite), text.Name(gate.ID(c)), text.Name(c.Model), result)
		if c.Why != "" {
			printText(&out, "why", c.Why)
		}
		for i, turn := range c.Turns {
			printText(&out, "prompt", turn.User)
			printText(&out, "answer", turn.Output)
			for _, assert := range c.Asserts {
				if assert.Turn == i {
					printText(&out, text.Name(assert.Result), fmt.Sprintf("%s %s %s", assert.Type, assert.Value, assert.Why))
				}
			}
		}
	}
	return out.Bytes()
}
