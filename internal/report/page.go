package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"github.com/tunegate/tunegate/internal/dataset"
)

// The bounds of the page's parts.
const (
	pageFlips    = 300
	pageFindings = 1000
	pageNames    = 5000
	pageLines    = 400
	pageRunes    = 20_000
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"text": func(s string) string { return cut(clean(s), pageLines, pageRunes) },
	"line": func(s string) string { return line(s, 400) },
}).Parse(pageText))

// page is what page.html shows.
type page struct {
	Outcome, Headline, About, Legend string
	Columns                          []string
	Rows                             [][]string
	Notes                            []string
	Reasons                          []reason
	Broken                           []flip
	Fixed                            []string
	Blocking, Rest                   []dataset.Finding
	Samples                          []Sample
	Facts                            []fact
	Reproduce                        string
	// Left says what was left out for length.
	Left []string
}

// HTML renders the report as one page that needs nothing else, no script
// either, and follows the reader's light or dark setting.
func HTML(r Report) ([]byte, error) {
	rows, leftRows := r.table(bare)
	blocking, rest := r.blocking()
	p := page{
		Outcome: name(string(r.Verdict.Outcome)), Headline: r.headline(plain), About: r.about(plain), Legend: legend,
		Columns: columns, Notes: r.Notes, Rows: rows, Reasons: r.reasons(bare), Samples: r.Samples, Facts: r.facts(bare), Reproduce: r.Reproduce,
	}
	left := func(n int, what string) {
		if n > 0 {
			p.Left = append(p.Left, count(n, what))
		}
	}
	left(leftRows, "rule")
	p.Broken = bound(r.broken(), pageFlips, "broken case", left)
	p.Fixed = bound(r.fixed(), pageNames, "fixed case", left)
	p.Blocking = bound(blocking, pageFindings, "new error", left)
	p.Rest = bound(rest, pageFindings, "other finding", left)
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		return nil, fmt.Errorf("report.html: %w", err)
	}
	return out.Bytes(), nil
}

// bound keeps the first most of list and tells left how many it dropped.
func bound[T any](list []T, most int, what string, left func(int, string)) []T {
	kept := list[:min(len(list), most)]
	left(len(list)-len(kept), what)
	return kept
}
