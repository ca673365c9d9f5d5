package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"time"

	"github.com/tunegate/tunegate/internal/gate"
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
	Kind              gate.Outcome // what it looks like
	Sign              string
	Promotable        string
	Headline, About   []phrase
	Figures           []figure
	Parts             []part
	Error             string // why the run broke
	Next              string // what comes after a run without a verdict
	Notes             []string
	Rules             []ruleGroup
	Ticks             []tick
	Legend            string
	Broken, Fixed     []flipGroup
	Already           string
	AlreadyRows       []shownRow
	New, Warned, Old  []findingGroup
	Curve             *curve
	Trained           []fact
	Samples           []shownSample
	Plan              []planned
	Forecast          bool // there was one
	Made              []fact
	Materials         []fact
	Versions          []fact
	Reproduce         string
	Left              []string // what was left out for length
}

// figure is a number worth a large letter.
type figure struct{ Kind, Value, What string }

// part is a section of the page that its top links to.
type part struct{ ID, Title string }

// shownSample is a sanity prompt with both answers.
type shownSample struct {
	Prompt  string
	Answers []answer
}

// signs stand beside the outcomes, for those who do not see the colours.
var signs = map[gate.Outcome]string{gate.Pass: "✓", gate.Fail: "✗", gate.Inconclusive: "?", gate.Same: "=", gate.Reported: "·"}

// HTML renders the report as one page that needs nothing else, no script
// either, and follows the reader's light or dark setting.
func HTML(r Report) ([]byte, error) {
	word, kind := r.outcome()
	hash := sha256.Sum256([]byte(pageStyle))
	p := page{
		Title: r.headline(plain), Name: r.title(), Style: template.CSS(pageStyle), StyleHash: base64.StdEncoding.EncodeToString(hash[:]),
		Outcome: word, Kind: kind, Sign: signs[kind], Promotable: r.promotable(), Next: r.next(),
		Headline: phrases(r.sentence(marked)), About: phrases(r.about(marked)),
		Legend: legend, Curve: r.lossCurve(), Trained: r.trained(), Plan: r.plans(), Forecast: r.Forecast != nil,
		Made: r.made(), Materials: r.materials(), Versions: r.versions(),
	}
	if !r.Origin.Started.IsZero() {
		p.When = r.Origin.Started.UTC().Format(time.DateTime) + " UTC"
	}
	if r.Error != "" {
		p.Error = budget(textRunes).bounded(r.Error)
	}
	if r.Already != nil && r.Already.Asked > 0 {
		p.Already, p.AlreadyRows = r.Already.said(), r.shownRows(r.Already.Rows)
		for i := range p.AlreadyRows {
			p.AlreadyRows[i].Alike = "" // they are like nothing but themselves
		}
	}
	if r.Reproduce != "" {
		p.Reproduce = budget(1000).bounded(r.Reproduce)
	}
	left := func(n int, what string) {
		if n > 0 {
			p.Left = append(p.Left, count(n, what))
		}
	}
	for _, note := range bound(r.Notes, pageNotes, "note", left) {
		p.Notes = append(p.Notes, line(note, 400))
	}
	p.Rules, p.Ticks = r.shownRules(left)
	broken, fixed := bound(r.broken(), pageFlips, "broken case", left), bound(r.fixed(), pageFlips, "fixed case", left)
	texts := newBudget(broken, fixed)
	p.Broken, p.Fixed = r.groups(broken, "broke", texts, true), r.groups(fixed, "were fixed", texts, len(broken) == 0)
	blocking, warned, old := r.sorted()
	p.New = r.findingGroups(bound(blocking, pageFindings, "new error", left), true)
	p.Warned = r.findingGroups(bound(warned, pageFindings, "new warning", left), false)
	p.Old = r.findingGroups(bound(old, pageFindings, "other finding", left), false)
	for _, s := range bound(r.Samples, pageSamples, "sample", left) {
		base, adapter := answer{Model: "base"}, answer{Model: "adapter"}
		base.Pieces, adapter.Pieces = contrast(texts.bounded(s.Base), texts.bounded(s.Adapter))
		p.Samples = append(p.Samples, shownSample{texts.bounded(s.Prompt), []answer{base, adapter}})
	}
	p.Figures = r.figures(len(broken), len(fixed))
	if p.Parts = p.parts(); len(p.Parts) < 2 {
		p.Parts = nil
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		return nil, fmt.Errorf("report.html: %w", err)
	}
	return out.Bytes(), nil
}

// title is the model's name, or the program's where it has none.
func (r Report) title() string {
	if r.Name == "" {
		return "tunegate"
	}
	return name(r.Name)
}

// promotable says whether the model may be promoted, where there is one.
func (r Report) promotable() string {
	switch {
	case r.Verdict.ModelID == "":
		return ""
	case r.Verdict.Promotable:
		return "can be promoted"
	}
	return "not promotable"
}

// figures are the numbers at the top.
func (r Report) figures(broken, fixed int) (figures []figure) {
	add := func(n int, kind, what string) {
		if n == 0 {
			kind = ""
		}
		figures = append(figures, figure{kind, fmt.Sprint(n), what})
	}
	if len(r.Cases) > 0 {
		var asked, unknown int
		for _, w := range r.ways() {
			asked += w.total()
			unknown += w.unknown
		}
		add(broken, "fail", "broke")
		add(fixed, "pass", "fixed")
		add(asked, "", "cases, asked of both")
		if unknown > 0 {
			add(unknown, "inconclusive", "without an answer")
		}
	}
	if blocking, _, _ := r.sorted(); len(blocking) > 0 {
		add(len(blocking), "fail", "new errors in the data")
	}
	if d := r.Dataset; d != nil {
		figures = append(figures, figure{"", grouped(d.Records), "records"})
	}
	if took := r.worked(); took > 0 {
		figures = append(figures, figure{"", duration(took), "of work"})
	}
	return figures
}

// parts are those sections that the page has.
func (p page) parts() (parts []part) {
	for _, possible := range []struct {
		part
		there bool
	}{
		{part{"rules", "Rules"}, len(p.Rules) > 0},
		{part{"new", "New errors in the data"}, len(p.New) > 0},
		{part{"broken", "What broke"}, len(p.Broken) > 0},
		{part{"fixed", "What was fixed"}, len(p.Fixed) > 0},
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
