// Package card renders the model card of a run's model: Markdown with the metadata that
// the Hugging Face Hub reads.
package card

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// budget is the largest card in bytes.
const budget = 60_000

// mostFacts bounds a list.
const mostFacts = 100

// sections lists the sections after the metadata, from top to bottom. A card over its
// budget drops those of the highest rank.
var sections = []struct {
	rank   int
	name   string // for the line that names dropped sections
	render func(report.Report) string
}{
	{0, "the verdict", verdict},
	{1, "how to use it", usage},
	{2, "the results", results},
	{3, "the minimum detectable effects", limits},
	{4, "the data", trainedOn},
	{5, "the training", training},
	{6, "provenance", provenance},
	{7, "the materials", materials},
	{8, "versions", versions},
	{9, "the command to reproduce it", reproduce},
}

// Render renders the model card as Markdown with the Hub's metadata before it, at most
// 60,000 bytes. It is nil for a run without a model.
func Render(r report.Report) ([]byte, error) {
	if r.Verdict.ModelID == "" {
		return nil, nil
	}
	metadata, err := header(r)
	if err != nil {
		return nil, err
	}
	parts := []markdown.Section{{Name: "the metadata", Text: metadata}}
	for _, s := range sections {
		parts = append(parts, markdown.Section{Rank: s.rank, Name: s.name, Text: s.render(r)})
	}
	return []byte(markdown.Assemble(parts, budget, r.Elsewhere())), nil
}

func verdict(r report.Report) string {
	words := "# " + report.Markdown.Name(r.Title()) + "\n\n" + r.Headline(report.Markdown) + ".\n"
	if about := r.About(report.Markdown); about != "" {
		words += "\n" + about + ".\n"
	}
	if !r.Verdict.Promotable {
		words += "\nThis model did not qualify for promotion.\n"
	}
	return words
}

// usage shows how to run the tag, and names the model_id.
func usage(r report.Report) string {
	if r.CandidateTag == "" {
		return ""
	}
	return titled("Use", fmt.Sprintf("A GGUF served by Ollama, with its template, system prompt and parameters in the tag:\n\n%s\nIts `model_id` is %s.\n",
		markdown.Fence("ollama run "+text.Shown(r.CandidateTag, 200), 1, 300), report.Markdown.Name(r.Verdict.ModelID)))
}

// titled is a section of the card under its title; empty for an empty text.
func titled(title, text string) string {
	if text == "" {
		return ""
	}
	return "## " + title + "\n\n" + text
}

// spanned writes an untrusted name or value.
func spanned(value string) string { return markdown.Span(value, 400) }

// list writes facts as a list.
func list(facts []report.Fact, what, value func(string) string) string {
	var out strings.Builder
	for _, f := range facts[:min(len(facts), mostFacts)] {
		fmt.Fprintf(&out, "- %s: %s\n", what(f.What), value(f.Value))
	}
	if left := len(facts) - mostFacts; left > 0 {
		fmt.Fprintf(&out, "- %d more\n", left)
	}
	return out.String()
}
