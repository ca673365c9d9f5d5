// Package terminal renders a report or a forecast for a terminal or a step's log.
// Untrusted text cannot become a command to a terminal or a CI runner.
package terminal

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// The bounds of the summary.
const (
	summaryFlips    = 3
	summaryFindings = 10
	dataFindings    = 20 // of a run of the dataset stage alone
)

// Summary renders the report for a terminal or a step log: the headline, the rules, the
// regressed cases with both answers, and the command to reproduce it.
func Summary(r report.Report) []byte { return summary(r, printNewErrors) }

// DataSummary is Summary for a run of the dataset stage alone, with the first of all
// findings.
func DataSummary(r report.Report) []byte {
	return summary(r, func(out *bytes.Buffer, r report.Report) {
		if found := FirstFindings(r); found != nil {
			fmt.Fprintf(out, "\n%s", found)
		}
	})
}

func summary(r report.Report, found func(*bytes.Buffer, report.Report)) []byte {
	var out bytes.Buffer
	fmt.Fprintln(&out, r.Headline(report.Plain))
	if subject := r.Subject(report.Plain); subject != "" {
		fmt.Fprintln(&out, subject)
	}
	if r.Error != "" {
		printText(&out, "error", r.Error)
	}
	for _, note := range r.Notes[:min(len(r.Notes), report.MostNotes)] {
		fmt.Fprintf(&out, "note: %s\n", line(note, 400))
	}
	printRules(&out, r)
	printRegressed(&out, r, summaryFlips)
	if summary := r.BaselineProbe.Summary(); summary != "" {
		fmt.Fprintf(&out, "\nnew rows the baseline already answers: %s\n", summary)
	}
	found(&out, r)
	if r.Reproduce != "" {
		fmt.Fprintf(&out, "\nreproduce: %s\n", line(r.Reproduce, 400))
	}
	return out.Bytes()
}

// printRules prints the table of rules, and why some did not pass.
func printRules(out *bytes.Buffer, r report.Report) {
	rows, left := r.RuleTable(report.Bare)
	if len(rows) == 0 {
		return
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.Join(report.RuleColumns(), "\t"))
	for _, cells := range rows {
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	table.Flush() // a bytes.Buffer does not fail
	if left > 0 {
		fmt.Fprintf(out, "and %s\n", text.Count(left, "more rule"))
	}
	for _, unmet := range r.Reasons(report.Bare) {
		fmt.Fprintln(out, strings.Join(strings.Fields(unmet.Rule+" "+unmet.Suite), " ")+": "+unmet.Why)
	}
}

// printNewErrors prints the first findings that block a merge.
func printNewErrors(out *bytes.Buffer, r report.Report) {
	errors, _, _ := r.SortedFindings()
	blocking := report.Joined(errors)
	if len(blocking) == 0 {
		return
	}
	fmt.Fprintf(out, "\nnew errors in the data: %d\n", len(errors))
	shown := min(len(blocking), summaryFindings)
	for _, finding := range blocking[:shown] {
		fmt.Fprintf(out, "- %s: %s%s: %s\n", line(finding.Where(), 200), text.Name(finding.Check), finding.Often(), line(finding.Message, 300))
	}
	if left := report.Number(blocking[shown:]); left > 0 {
		fmt.Fprintf(out, "- and %d more\n", left)
	}
}
