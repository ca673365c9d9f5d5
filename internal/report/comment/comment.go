// Package comment renders a report as the Markdown of a pull request's comment, safe
// whatever untrusted text it quotes.
package comment

import (
	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
)

// Budget is the largest comment in bytes. GitHub refuses more than 65,536
// characters.
const Budget = 60_000

// A section is one part of the comment.
type section struct {
	// rank orders the sections by importance: a comment over its budget drops those
	// of the highest rank. 0: never dropped.
	rank int
	name string // for the line that names dropped sections
	// render returns the section's parts, each shown whole or not at all; none, or an
	// empty one, if there is nothing to say.
	render func(report.Report) []string
}

// sections lists the comment's sections from top to bottom. To add one, write its file
// and add a line here.
var sections = []section{
	{0, "the verdict", one(verdict)},
	{0, "the commits and models", one(subject)},
	{0, "the next step", one(next)},
	{1, "the error", one(runError)},
	{2, "the notes", one(notes)},
	{1, "the rules", one(comparison)},
	{4, "the reasons", one(reasons)},
	{2, "more regressions", regressions},
	{7, "the names of regressed and fixed cases", one(flipNames)},
	{6, "the chart", one(chart)},
	{5, "the minimum detectable effects", one(detectable)},
	{3, "the baseline probe", one(baselineProbe)},
	{3, "the new errors in the data", one(newErrors)},
	{4, "more new errors in the data", one(moreNewErrors)},
	{3, "the command to reproduce it", one(reproduce)},
	{5, "the new warnings in the data", one(newWarnings)},
	{8, "other findings in the data", one(otherFindings)},
	{9, "the sanity samples", one(samples)},
	{6, "how it was made", one(making)},
	{5, "every rule", one(everyRule)},
	{1, "the workflow run", one(workflowRun)},
}

// one makes a section of one part.
func one(render func(report.Report) string) func(report.Report) []string {
	return func(r report.Report) []string { return []string{render(r)} }
}

// Render renders the report, at most Budget bytes. Where it would be longer, the
// least important sections are left out and named.
func Render(r report.Report) []byte { return render(r, Marker+" -->", sections) }

func render(r report.Report, marker string, sections []section) []byte {
	var parts []markdown.Section
	for _, s := range sections {
		for _, text := range s.render(r) {
			parts = append(parts, markdown.Section{Rank: s.rank, Name: s.name, Text: text})
		}
	}
	budget := Budget - len(marker) - 1
	return []byte(marker + "\n" + markdown.Assemble(parts, budget, r.Elsewhere()))
}
