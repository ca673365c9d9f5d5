package comment

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
)

// mostSamples bounds the samples of the sanity run.
const mostSamples = 5

func reproduce(r report.Report) string {
	if r.Reproduce == "" {
		return ""
	}
	return "Reproduce:\n" + markdown.Fence(r.Reproduce, 4, 500)
}

// samples shows the answers of base model and adapter in the sanity run.
func samples(r report.Report) string {
	const lines, runes = 10, 400
	var out strings.Builder
	for i, sample := range r.Samples[:min(len(r.Samples), mostSamples)] {
		if i > 0 {
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "Prompt %d:\n%s\nBase:\n%s\nAdapter:\n%s", i+1,
			markdown.Fence(sample.Prompt, lines, runes), markdown.Fence(sample.Base, lines, runes), markdown.Fence(sample.Adapter, lines, runes))
	}
	return markdown.Fold("Samples of the sanity run", out.String())
}

// making lists data, training, export proof, times and digests.
func making(r report.Report) string {
	var out strings.Builder
	for _, fact := range r.Facts(report.Markdown) {
		fmt.Fprintf(&out, "- %s: %s\n", fact.What, fact.Value)
	}
	return markdown.Fold("How it was made", out.String())
}

// workflowRun links the logs and names the artifact's report.
func workflowRun(r report.Report) string {
	if !markdown.IsPage(r.Links.Run) {
		return ""
	}
	words := "Logs: [workflow run](" + r.Links.Run + ")."
	if r.State == report.Judged {
		words += " Its artifact holds the full report, `report/report.html`."
	}
	return words + "\n"
}
