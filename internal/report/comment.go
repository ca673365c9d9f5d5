package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
)

// Marker starts every comment, so that it is found again and updated.
const Marker = "<!-- tunegate -->"

// Budget is the largest comment in bytes. GitHub refuses more than 65,536
// characters.
const Budget = 60_000

// The bounds of the comment's parts.
const (
	shownFlips    = 5
	shownFindings = 20
	foldedNames   = 100
	foldedSamples = 5
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
func Comment(r Report) []byte {
	table := r.rulesTable()
	sections := []section{
		{0, "the verdict", Marker + "\n### " + r.headline(markdown) + "\n"},
		{0, "what it is about", paragraph(r.about(markdown))},
		{2, "the notes", r.notes()},
		{1, "the rules", table},
		{4, "the reasons", r.reasonList()},
	}
	sections = append(sections, r.flipSections()...)
	blocking, rest := r.blocking()
	sections = append(sections,
		section{3, "the new errors in the data", findings("#### New errors in the data\n", blocking, shownFindings)},
		section{3, "how to reproduce", r.reproduce()},
		section{7, "the names of broken and fixed cases", r.flipNames()},
		section{8, "other findings in the data", fold(fmt.Sprintf("Other findings in the data (%d)", len(rest)), findings("", rest, shownFindings))},
		section{9, "the sanity samples", fold("Samples of the sanity run", r.samples())},
		section{6, "how the model was made", fold("How the model was made", r.making())},
	)
	if table != "" {
		sections = append(sections, section{5, "how to read the table", fold("How to read the table", legend+"\n")})
	}
	return []byte(assemble(sections, Budget))
}

// assemble joins the sections in their order, without the ones of highest rank
// that do not fit.
func assemble(sections []section, budget int) string {
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
		parts = append(parts, "Left out for length: "+strings.Join(left, ", ")+". All of it is in report.html.\n")
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

func (r Report) rulesTable() string {
	rows, left := r.table(markdown)
	if len(rows) == 0 {
		return ""
	}
	var out strings.Builder
	writeRow := func(cells []string) { fmt.Fprintf(&out, "| %s |\n", strings.Join(cells, " | ")) }
	writeRow(columns)
	writeRow([]string{"---", "---", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "---"})
	for _, cells := range rows {
		if outcome := &cells[len(cells)-1]; *outcome == "fail" {
			*outcome = "**fail**"
		}
		writeRow(cells)
	}
	if left > 0 {
		fmt.Fprintf(&out, "\n%s more in report.html.\n", count(left, "rule"))
	}
	return out.String()
}

func (r Report) reasonList() string {
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

// flipSections are the first broken cases with both answers, a section each.
func (r Report) flipSections() []section {
	var sections []section
	flips := r.broken()
	for i, f := range flips[:min(len(flips), shownFlips)] {
		var out strings.Builder
		if i == 0 {
			out.WriteString("#### What broke\n\n")
		}
		fmt.Fprintf(&out, "Case %s\n", span(f.Name, 200))
		for _, part := range []struct {
			title, text string
			runes       int
		}{
			{"Asked", f.Question, 600}, {"Baseline", f.Baseline, 1200}, {"Candidate", f.Candidate, 1200},
		} {
			fmt.Fprintf(&out, "\n%s:\n%s", part.title, fence(part.text, 20, part.runes))
		}
		if len(f.Failed) > 0 {
			fmt.Fprintf(&out, "\n%s", spans("Failed: ", f.Failed))
		}
		sections = append(sections, section{2, "more of what broke", out.String()})
	}
	return sections
}

// flipNames lists what broke beyond the shown, and what was fixed.
func (r Report) flipNames() string {
	broken := r.broken()
	more, fixed := names(broken[min(len(broken), shownFlips):]), names(r.fixed())
	text := fold(fmt.Sprintf("Also broken (%d)", len(more)), spans("Cases: ", more))
	if text != "" && len(fixed) > 0 {
		text += "\n"
	}
	return text + fold(fmt.Sprintf("Fixed (%d)", len(fixed)), spans("Cases: ", fixed))
}

// spans lists names behind a title: a line that starts with the backticks of a
// span could open a fence.
func spans(title string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	written := make([]string, 0, foldedNames+1)
	for _, name := range names[:min(len(names), foldedNames)] {
		written = append(written, span(name, 200))
	}
	if left := len(names) - foldedNames; left > 0 {
		written = append(written, fmt.Sprintf("%d more", left))
	}
	return title + strings.Join(written, ", ") + "\n"
}

func findings(title string, list []dataset.Finding, most int) string {
	if len(list) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString(title)
	for _, finding := range list[:min(len(list), most)] {
		fmt.Fprintf(&out, "- %s %s", code(finding.Check), span(finding.Where(), 200))
		if finding.See != "" {
			fmt.Fprintf(&out, " (see %s)", span(finding.See, 200))
		}
		fmt.Fprintf(&out, ": %s\n", span(finding.Message, 300))
	}
	if left := len(list) - most; left > 0 {
		fmt.Fprintf(&out, "- %d more in report.html\n", left)
	}
	return out.String()
}

// notes are fenced: a ref's name is whatever its author chose.
func (r Report) notes() string {
	if len(r.Notes) == 0 {
		return ""
	}
	return "Note:\n" + fence(strings.Join(r.Notes, "\n"), maxNotes, 2000)
}

func (r Report) reproduce() string {
	if r.Reproduce == "" {
		return ""
	}
	return "Reproduce:\n" + fence(r.Reproduce, 10, 1000)
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
