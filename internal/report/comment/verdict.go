package comment

import (
	"strings"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
)

// emblems precede the outcomes.
var emblems = map[gate.Outcome]string{
	gate.Pass: "✅", gate.Fail: "❌", gate.Inconclusive: "⚠️", gate.Reported: "⏳", gate.Same: "⚪",
}

// errorLines bounds an error, in lines.
const errorLines = 8

// verdict is the headline. HasVerdict and the job that updates a comment rely on its
// form.
func verdict(r report.Report) string {
	_, kind := r.Outcome()
	return "### " + strings.TrimSpace(emblems[kind]+" "+r.Headline(report.Markdown)) + "\n"
}

func subject(r report.Report) string { return markdown.Paragraph(r.Subject(report.Markdown)) }

func next(r report.Report) string { return markdown.Paragraph(r.Next()) }

// runError is the error that ended the run.
func runError(r report.Report) string {
	if r.Error == "" {
		return ""
	}
	return markdown.FenceClean(strings.Join(excerpt(r.Error, errorLines), "\n"))
}
