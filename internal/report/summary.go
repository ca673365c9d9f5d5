package report

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"
)

// The bounds of the summary.
const (
	summaryFlips    = 3
	summaryFindings = 10
	summaryLines    = 8
	summaryRunes    = 600
)

// maxNotes bounds the notes that are shown.
const maxNotes = 10

// Summary renders the report for a terminal or a step log: the verdict in
// words, the rules, what broke with both answers, how to do it again.
func Summary(r Report) []byte {
	var out bytes.Buffer
	fmt.Fprintln(&out, r.headline(plain))
	if subject := r.subject(plain); subject != "" {
		fmt.Fprintln(&out, subject)
	}
	if r.Error != "" {
		printText(&out, "error", r.Error)
	}
	for _, note := range r.Notes[:min(len(r.Notes), maxNotes)] {
		fmt.Fprintf(&out, "note: %s\n", inert(line(note, 400)))
	}
	if rows, left := r.table(bare); len(rows) > 0 {
		fmt.Fprintln(&out)
		table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, strings.Join(columns, "\t"))
		for _, cells := range rows {
			fmt.Fprintln(table, strings.Join(cells, "\t"))
		}
		table.Flush() // a bytes.Buffer does not fail
		if left > 0 {
			fmt.Fprintf(&out, "and %s more\n", count(left, "rule"))
		}
		for _, why := range r.reasons(bare) {
			fmt.Fprintln(&out, strings.Join(strings.Fields(why.Rule+" "+why.Suite), " ")+": "+why.Why)
		}
	}
	r.printFlips(&out, summaryFlips)
	if r.Already != nil && r.Already.Asked > 0 {
		fmt.Fprintf(&out, "\nbefore training, %s\n", r.Already.said())
	}
	errors, _, _ := r.sorted()
	blocking := joined(errors)
	for i, finding := range blocking {
		if i == 0 {
			fmt.Fprintf(&out, "\nnew errors in the data: %d\n", len(errors))
		}
		if i == summaryFindings {
			fmt.Fprintf(&out, "- and %d more\n", number(blocking[i:]))
			break
		}
		fmt.Fprintf(&out, "- %s: %s%s: %s\n", inert(line(finding.Where(), 200)), name(finding.Check), finding.often(), inert(line(finding.Message, 300)))
	}
	if r.Reproduce != "" {
		fmt.Fprintf(&out, "\nagain: %s\n", inert(line(r.Reproduce, 400)))
	}
	return out.Bytes()
}

// printFlips prints the first most of the cases that broke.
func (r Report) printFlips(out *bytes.Buffer, most int) {
	flips := r.broken()
	for i, f := range flips {
		if i == 0 {
			fmt.Fprintf(out, "\nbroken: %d\n", len(flips))
		}
		if i == most {
			fmt.Fprintf(out, "- and %d more\n", len(flips)-i)
			break
		}
		fmt.Fprintf(out, "- %s\n", inert(line(f.Name, 200)))
		printText(out, "asked", f.Question)
		printText(out, "baseline", f.Baseline)
		printText(out, "candidate", f.Candidate)
		printText(out, "failed", strings.Join(f.Failed, "\n"))
		for _, row := range r.Nearest[f.Name][:min(len(r.Nearest[f.Name]), shownRows)] {
			printText(out, "like", fmt.Sprintf("%s:%d (%s): %s", row.File, row.Line, row.alike(), row.Question))
		}
	}
}

// printText prints untrusted text, bounded, each line behind a bar.
func printText(out *bytes.Buffer, what, text string) {
	for _, text := range strings.Split(cut(strings.TrimSpace(clean(text)), summaryLines, summaryRunes), "\n") {
		fmt.Fprintf(out, "    %-9s | %s\n", what, inert(text))
		what = ""
	}
}

// inert stops the old form of a workflow command, which a runner obeys anywhere
// in a line. The new form counts at the start of a line only, and no line of
// the summary starts with untrusted text.
func inert(s string) string {
	return strings.ReplaceAll(s, "##[", `##\[`)
}
