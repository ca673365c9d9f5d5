package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/tunegate/tunegate/internal/gate"
)

// Budget is the largest comment in bytes. GitHub refuses more than 65,536
// characters.
const Budget = 60_000

// The bounds of the comment's parts.
const (
	shownFlips    = 5
	shownFindings = 5
	foldedNames   = 100
	foldedSamples = 5
	foldedData    = 30
	errorLines    = 8
)

// section is a part of the comment that is shown whole or not at all. Those
// with a small rank stay longest.
type section struct {
	rank int
	what string // its name, where it is left out
	text string
}

// Comment renders the report as the Markdown of a pull request's comment, at
// most Budget bytes. Where it would be longer, the least important sections
// are left out and named.
func Comment(r Report) []byte { return []byte(comment(r, Marker+" -->")) }

// emblems stand before the outcomes.
var emblems = map[gate.Outcome]string{
	gate.Pass: "✅", gate.Fail: "❌", gate.Inconclusive: "⚠️", gate.Reported: "⏳", gate.Same: "⚪",
}

func comment(r Report, marker string) string {
	_, kind := r.outcome()
	headline := strings.TrimSpace(emblems[kind] + " " + r.headline(markdown))
	sections := []section{
		{0, "the verdict", marker + "\n### " + headline + "\n"},
		{0, "what it is about", paragraph(r.subject(markdown))},
		{0, "what comes next", paragraph(r.next())},
		{1, "the error", r.broke()},
		{2, "the notes", r.notes()},
		{1, "the rules", r.comparedTable()},
		{4, "the reasons", r.reasonList()},
	}
	sections = append(sections, r.flipSections()...)
	errors, warned, old := r.sorted()
	blocking := joined(errors)
	first := blocking[:min(len(blocking), shownFindings)]
	sections = append(sections,
		section{7, "the names of broken and fixed cases", r.flipNames()},
		section{6, "the chart", r.chart()},
		section{5, "what the suites can see", r.sights()},
		section{3, "what the baseline could before", r.already()},
		section{3, "the new errors in the data", headed("#### New errors in the data\n\n", r.findings(first))},
		section{4, "more new errors in the data", foldFindings(r, "More new errors in the data", blocking[len(first):])},
		section{3, "how to reproduce", r.reproduce()},
		section{5, "the new warnings in the data", foldFindings(r, "New warnings in the data", joined(warned))},
		section{8, "other findings in the data", foldFindings(r, "Other findings in the data", joined(old))},
		section{9, "the sanity samples", fold("Samples of the sanity run", r.samples())},
		section{6, "how it was made", fold("How it was made", r.making())},
		section{5, "every rule", fold("Every rule, and how to read it", r.everyRule())},
		section{1, "the workflow run", r.workflowRun()},
	)
	return assemble(sections, Budget, r.onPage())
}

// assemble joins the sections in their order, without the ones of highest rank
// that do not fit; all of them are there, if anywhere.
func assemble(sections []section, budget int, there string) string {
	const note = 600 // bytes kept for the line that names what is left out
	order := make([]int, len(sections))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sections[a].rank, sections[b].rank) })
	used := note
	keep := make([]bool, len(sections))
	var left []string
	for _, i := range order {
		length := len(sections[i].text) + 1
		if sections[i].rank > 0 && used+length > budget {
			if !slices.Contains(left, sections[i].what) {
				left = append(left, sections[i].what)
			}
			continue
		}
		keep[i] = true
		used += length
	}
	var parts []string
	for i, s := range sections {
		if keep[i] && s.text != "" {
			parts = append(parts, s.text)
		}
	}
	if len(left) > 0 {
		said := "Left out for length: " + strings.Join(left, ", ") + "."
		if there != "" {
			said += " All of it is" + there + "."
		}
		parts = append(parts, said+"\n")
	}
	return strings.Join(parts, "\n")
}

func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return text + "\n"
}

// fold hides a text behind a title until it is opened.
func fold(title, text string) string {
	if text == "" {
		return ""
	}
	return "<details><summary>" + title + "</summary>\n\n" + text + "\n</details>\n"
}

// headed is a text under its heading; no text has none.
func headed(heading, text string) string {
	if text == "" {
		return ""
	}
	return heading + text
}

// next is what comes after a run without a verdict.
func (r Report) next() string {
	ending := r.ending()
	if ending == nil {
		return ""
	}
	if d := r.Dataset; d != nil && r.State == Ready {
		return fmt.Sprintf("%s give %s to train on and %d to validate. %s", count(d.Records, "record"), count(d.Train, "row"), d.Validation, ending.next)
	}
	return ending.next
}

// broke is what the run said when it broke.
func (r Report) broke() string {
	if r.Error == "" {
		return ""
	}
	return fenced(strings.Join(excerpt(r.Error, errorLines), "\n"))
}

// workflowRun leads to the log, and to what the run left.
func (r Report) workflowRun() string {
	if !plainPage.MatchString(r.Links.Run) {
		return ""
	}
	words := "The [workflow run](" + r.Links.Run + ") has the log"
	if r.State == Judged {
		words += ", and in an artifact the whole report: `report/report.html`"
	}
	return words + ".\n"
}

// everyRule is the whole table of rules, with its legend.
func (r Report) everyRule() string {
	rows, left := r.table(markdown)
	if len(rows) == 0 {
		return ""
	}
	var out strings.Builder
	writeRow(&out, columns)
	writeRow(&out, []string{"---", "---", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "---"})
	for _, cells := range rows {
		writeRow(&out, cells)
	}
	if left > 0 {
		fmt.Fprintf(&out, "\n%s more%s.\n", count(left, "rule"), r.onPage())
	}
	return out.String() + "\n" + legend + "\n"
}

// reasonList says why rules did not pass; those of a failed verdict are in its
// headline.
func (r Report) reasonList() string {
	if r.Verdict.Outcome == gate.Fail {
		return ""
	}
	var out strings.Builder
	for _, why := range r.reasons(markdown) {
		suite := ""
		if why.Suite != "" {
			suite = " " + why.Suite
		}
		fmt.Fprintf(&out, "- %s%s: %s\n", why.Rule, suite, why.Why)
	}
	return out.String()
}

// notes stand in a box of GitHub's.
func (r Report) notes() string {
	if len(r.Notes) == 0 {
		return ""
	}
	out := "> [!NOTE]\n"
	for _, note := range r.Notes[:min(len(r.Notes), maxNotes)] {
		text := prose(note)
		if !unicode.IsLetter([]rune(text)[0]) { // it could open a list
			text = span(note, 400)
		}
		out += "> " + text + "\n>\n"
	}
	if left := len(r.Notes) - maxNotes; left > 0 {
		out += fmt.Sprintf("> %s more%s.\n", count(left, "note"), r.onPage())
	}
	return strings.TrimSuffix(out, ">\n")
}

func (r Report) reproduce() string {
	if r.Reproduce == "" {
		return ""
	}
	return "Reproduce:\n" + fence(r.Reproduce, 4, 500)
}

func (r Report) samples() string {
	var out strings.Builder
	for i, sample := range r.Samples[:min(len(r.Samples), foldedSamples)] {
		if i > 0 {
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "Prompt %d:\n%s\nBase:\n%s\nAdapter:\n%s", i+1,
			fence(sample.Prompt, 10, 400), fence(sample.Base, 10, 400), fence(sample.Adapter, 10, 400))
	}
	return out.String()
}

// making lists data, training, proof, stages and digests.
func (r Report) making() string {
	var out strings.Builder
	for _, fact := range r.facts(markdown) {
		fmt.Fprintf(&out, "- %s: %s\n", fact.What, fact.Value)
	}
	return out.String()
}
