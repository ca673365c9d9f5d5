package terminal

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/report"
)

// printRegressed prints the first most of the regressed cases.
func printRegressed(out *bytes.Buffer, r report.Report, most int) {
	flips := r.Regressed()
	for i, f := range flips {
		if i == 0 {
			fmt.Fprintf(out, "\nregressed: %d\n", len(flips))
		}
		if i == most {
			fmt.Fprintf(out, "- and %d more\n", len(flips)-i)
			break
		}
		fmt.Fprintf(out, "- %s\n", line(f.Name, 200))
		printText(out, "prompt", f.Question)
		printText(out, "baseline", f.Baseline)
		printText(out, "candidate", f.Candidate)
		printText(out, "failed", strings.Join(f.Failed, "\n"))
		for _, row := range r.Nearest[f.Name][:min(len(r.Nearest[f.Name]), report.MostNearest)] {
			printText(out, "similar", fmt.Sprintf("%s:%d (%s): %s", row.File, row.Line, row.Label(), row.Question))
		}
	}
}
