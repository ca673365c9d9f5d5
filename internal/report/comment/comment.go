// Package comment renders a report as the Markdown of a pull request's comment, which
// GitHub takes whatever others wrote into it.
package comment

import (
	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
)

// Budget is the largest comment in bytes. GitHub refuses more than 65,536
// characters.
const Budget = 60_000

// A section is one thing that the comment tells.
type section struct {
	// rank orders the sections by importance: where the comment would be longer
	// than its budget, those of the highest rank are left out. 0: never.
	rank int
	name string // what a reader is told is left out
	// render gives the section's parts, each of which is shown whole or not at all;
	// none, or an empty one, where there is nothing to tell.
	render func(report.Report) []string
}

// sections are those of the comment, from top to bottom. To add one, write its
// file and give it a line here.
var sections = []section{
	{0, "the verdict", one(verdict)},
	{0, "what it is about", one(subject)},
	{0, "what comes next", one(next)},
	{1, "the error", one(runError)},
	{2, "the notes", one(notes)},
	{1, "the rules", one(comparison)},
	{4, "the reasons", one(reasons)},
	{2, "more of what broke", regressions},
	{7, "the names of broken and fixed cases", one(flipNames)},
	{6, "the chart", one(chart)},
	{5, "what the suites can see", one(detectable)},
	{3, "what the baseline could before", one(baselineProbe)},
	{3, "the new errors in the data", one(newErrors)},
	{4, "more new errors in the data", one(moreNewErrors)},
	{3, "how to reproduce", one(reproduce)},
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
