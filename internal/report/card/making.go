package card

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report"
)

// trainedOn lists base and records with their licenses.
func trainedOn(r report.Report) string {
	var out strings.Builder
	if base := r.Origin.Base; base.Model != "" {
		fmt.Fprintf(&out, "- base model %s, %s\n", markdown.Span(base.Model, 200), licenseSpan(base.License))
	}
	for _, source := range r.Origin.Sources {
		fmt.Fprintf(&out, "- records %s, %s", markdown.Span(source.Path, 200), licenseSpan(source.License))
		if source.Weight > 1 {
			fmt.Fprintf(&out, ", weight %d", source.Weight)
		}
		out.WriteString("\n")
	}
	return titled("Trained on", out.String())
}

// licenseSpan is report.Licensed for Markdown.
func licenseSpan(license string) string {
	if license == "" {
		return report.Licensed("")
	}
	return "license " + markdown.Span(license, 100)
}

func training(r report.Report) string {
	return titled("Training", list(r.TrainingFacts(), markdown.Prose, markdown.Prose))
}

func provenance(r report.Report) string {
	return titled("Provenance", list(r.OriginFacts(), markdown.Prose, spanned))
}

func materials(r report.Report) string {
	return titled("Materials", list(r.MaterialFacts(), spanned, spanned))
}

func versions(r report.Report) string {
	return titled("Versions", list(r.VersionFacts(), spanned, spanned))
}

func reproduce(r report.Report) string {
	if r.Reproduce == "" {
		return ""
	}
	return titled("Reproduce", markdown.Fence(r.Reproduce, 10, 1000))
}
