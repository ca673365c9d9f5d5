// Package page renders a report as one self-contained HTML file.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"time"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// The bounds of the page's parts.
const (
	pageFlips    = 10_000
	pageFindings = 5000
	pageRules    = 500
	pageSamples  = 200
	pageNotes    = 100
)

var (
	//go:embed page.html
	pageMarkup string
	//go:embed page.css
	pageStyle string
)

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"add": func(a, b int) int { return a + b },
}).Parse(pageMarkup))

// page is what page.html shows. All text in it is cleaned and bounded.
type page struct {
	Title, Name, When string
	Style             template.CSS
	StyleHash         string       // for the page's Content-Security-Policy: no other style applies
	Outcome           string       // in a word
	Kind              gate.Outcome // whose colour and sign it gets
	Sign              string
	Promotable        string
	Headline, About   []phrase
	Figures           []figure
	Parts             []part
	Error             string // why the run ended with an error
	Next              string // what happens after a run without a verdict
	Notes             []string
	Rules             []ruleGroup
	Ticks             []tick
	Legend            string
	Regressed, Fixed  []flipGroup
	BaselineProbe     string
	ProbedRows        []shownRow
	New, Warned, Old  []findingGroup
	Curve             *curve
	Trained           []report.Fact
	Samples           []shownSample
	Plan              []planned
	Forecast          bool // there was one
	Made              []report.Fact
	Materials         []report.Fact
	Versions          []report.Fact
	Reproduce         string
	Left              []string // omitted for length
}

// figure is a number in large type.
type figure struct{ Kind, Value, What string }

// part is a section that the top of the page links to.
type part struct{ ID, Title string }

// shownSample is a sanity prompt with both answers.
type shownSample struct {
	Prompt  string
	Answers []answer
}

// signs accompany the outcomes, for those who do not see the colours.
var signs = map[gate.Outcome]string{gate.Pass: "✓", gate.Fail: "✗", gate.Inconclusive: "?", gate.Same: "=", gate.Reported: "·"}

// Render renders the report as one self-contained page without scripts. It follows the
// reader's light or dark setting.
func Render(r report.Report) ([]byte, error) {
	word, kind := r.Outcome()
	hash := sha256.Sum256([]byte(pageStyle))
	p := page{
		// #nosec G203 -- the style sheet is embedded
		Title: r.Headline(report.Plain), Name: r.Title(), Style: template.CSS(pageStyle), StyleHash: base64.StdEncoding.EncodeToString(hash[:]),
		Outcome: word, Kind: kind, Sign: signs[kind], Promotable: promotable(r), Next: r.Next(),
		Headline: phrases(r.Sentence(marked)), About: phrases(r.About(marked)),
		Legend: report.Legend, Curve: lossCurve(r.Losses), Trained: r.TrainingFacts(), Plan: plans(r), Forecast: r.Forecast != nil,
		Made: r.OriginFacts(), Materials: r.MaterialFacts(), Versions: r.VersionFacts(),
	}
	if !r.Origin.Started.IsZero() {
		p.When = r.Origin.Started.UTC().Format(time.DateTime) + " UTC"
	}
	if r.Error != "" {
		p.Error = budget(textRunes).bounded(r.Error)
	}
	if p.BaselineProbe = r.BaselineProbe.Summary(); p.BaselineProbe != "" {
		p.ProbedRows = showRows(r, r.BaselineProbe.Rows)
		for i := range p.ProbedRows {
			p.ProbedRows[i].Label = "" // all of them are new
		}
	}
	if r.Reproduce != "" {
		p.Reproduce = budget(1000).bounded(r.Reproduce)
	}
	left := func(n int, what string) {
		if n > 0 {
			p.Left = append(p.Left, text.Count(n, what))
		}
	}
	for _, note := range bound(r.Notes, pageNotes, "note", left) {
		p.Notes = append(p.Notes, text.Shown(note, 400))
	}
	p.Rules, p.Ticks = shownRules(r, left)
	regressed, fixed := bound(r.Regressed(), pageFlips, "regressed case", left), bound(r.Fixed(), pageFlips, "fixed case", left)
	texts := newBudget(regressed, fixed)
	p.Regressed, p.Fixed = flipGroups(r, regressed, "regressed", texts, true), flipGroups(r, fixed, "fixed", texts, len(regressed) == 0)
	blocking, warned, old := r.SortedFindings()
	p.New = findingGroups(r, bound(blocking, pageFindings, "new error", left), true)
	p.Warned = findingGroups(r, bound(warned, pageFindings, "new warning", left), false)
	p.Old = findingGroups(r, bound(old, pageFindings, "other finding", left), false)
	for _, s := range bound(r.Samples, pageSamples, "sample", left) {
		base, adapter := answer{Model: "base"}, answer{Model: "adapter"}
		base.Pieces, adapter.Pieces = contrast(texts.bounded(s.Base), texts.bounded(s.Adapter))
		p.Samples = append(p.Samples, shownSample{texts.bounded(s.Prompt), []answer{base, adapter}})
	}
	p.Figures = figures(r, len(regressed), len(fixed))
	if p.Parts = p.parts(); len(p.Parts) < 2 {
		p.Parts = nil
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		return nil, fmt.Errorf("report.html: %w", err)
	}
	return out.Bytes(), nil
}

// promotable says whether the model may be promoted, where there is one.
func promotable(r report.Report) string {
	switch {
	case r.Verdict.ModelID == "":
		return ""
	case r.Verdict.Promotable:
		return "can be promoted"
	}
	return "not promotable"
}

// figures are the numbers at the top.
func figures(r report.Report, regressed, fixed int) (figures []figure) {
	add := func(n int, kind, what string) {
		if n == 0 {
			kind = ""
		}
		figures = append(figures, figure{kind, fmt.Sprint(n), what})
	}
	if len(r.Cases) > 0 {
		var evaluated, excluded int
		for _, t := range r.Tallies() {
			evaluated += t.Total()
			excluded += t.Undecided
		}
		add(regressed, "fail", "regressed")
		add(fixed, "pass", "fixed")
		add(evaluated, "", "cases evaluated")
		if excluded > 0 {
			add(excluded, "inconclusive", "excluded")
		}
	}
	if blocking, _, _ := r.SortedFindings(); len(blocking) > 0 {
		add(len(blocking), "fail", "new errors in the data")
	}
	if d := r.Dataset; d != nil {
		figures = append(figures, figure{"", text.Grouped(d.Records), "records"})
	}
	if took := r.Worked(); took > 0 {
		figures = append(figures, figure{"", text.Duration(took), "run time"})
	}
	return figures
}

// parts lists the sections that the page has.
func (p page) parts() (parts []part) {
	for _, possible := range []struct {
		part
		there bool
	}{
		{part{"rules", "Rules"}, len(p.Rules) > 0},
		{part{"new", "New errors in the data"}, len(p.New) > 0},
		{part{"regressed", "Regressions"}, len(p.Regressed) > 0},
		{part{"fixed", "Fixed cases"}, len(p.Fixed) > 0},
		{part{"warned", "New warnings in the data"}, len(p.Warned) > 0},
		{part{"data", "Other findings in the data"}, len(p.Old) > 0},
		{part{"training", "Training"}, p.Curve != nil || len(p.Trained) > 0},
		{part{"samples", "Samples"}, len(p.Samples) > 0},
		{part{"plan", "Time"}, len(p.Plan) > 0},
		{part{"made", "Provenance"}, len(p.Made)+len(p.Materials)+len(p.Versions) > 0},
	} {
		if possible.there {
			parts = append(parts, possible.part)
		}
	}
	return parts
}

// bound keeps the first most of list and tells left how many it dropped.
func bound[T any](list []T, most int, what string, left func(int, string)) []T {
	kept := list[:min(len(list), most)]
	left(len(list)-len(kept), what)
	return kept
}
