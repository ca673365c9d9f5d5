package page

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/reporttest"
	"github.com/tunegate/tunegate/internal/suite"
)

const files = "https://git.example.org/euclid/tutor/blob/11985b5f"

func render(t testing.TB, r report.Report) []byte {
	t.Helper()
	html, err := Render(r)
	if err != nil {
		t.Fatal(err)
	}
	return html
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, r := range reporttest.All() {
		if r.State == report.Judged { // a page is written of a verdict only
			reporttest.Golden(t, name+".html", render(t, r))
		}
	}
}

func TestPageInABrowser(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	pages := reporttest.All()
	for _, like := range []string{"cancelled", "lost", "running", "ungated", "retrained"} { // like broke, with less
		delete(pages, like)
	}
	for name, r := range pages {
		html := render(t, r)
		for _, width := range []int64{400, 1400} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s-%d-%s", name, width, scheme), func(t *testing.T) {
					tab := open(t, browser, html, width, scheme)
					tab.fits()
					tab.legible()
					tab.picture(fmt.Sprintf("%s-%d-%s", name, width, scheme))
					tab.unfold()
					tab.fits()
					tab.legible()
					tab.quiet()
				})
			}
		}
	}
}

// Untrusted text changes nothing but the text in its place.
func TestHostilePageInABrowser(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	elements := func(tab *tab) map[string]int {
		return ask[map[string]int](tab, `Object.fromEntries(Object.entries(Object.groupBy(document.querySelectorAll("*"), e => e.tagName)).map(([k, v]) => [k, v.length]))`)
	}
	want := elements(open(t, browser, render(t, reporttest.Hostile("!")), 400, "light"))
	for name, s := range map[string]string{
		"script":     "<script>alert(1)</script>",
		"end":        `</script></pre></details></svg></style><img src="https://example.org/x.png" onerror="alert(1)">`,
		"data":       "data:text/html,<script>alert(1)</script>",
		"javascript": "javascript:alert(1)",
		"style":      "</style><style>* { display: none !important }</style>",
		"attribute":  `" onmouseover="alert(1)" style="position: fixed`,
		"long":       strings.Repeat("W", 100_000),
		"wide":       strings.Repeat("﷽", 3000),
		"right":      "\u202e\u2067<b>שלום\u200f \u202eabc",
		"zalgo":      strings.Repeat("e"+strings.Repeat("\u0301", 60), 200),
	} {
		t.Run(name, func(t *testing.T) {
			html := render(t, reporttest.Hostile(s))
			if len(html) > 2<<20 {
				t.Errorf("%d bytes", len(html))
			}
			tab := open(t, browser, html, 400, "light")
			tab.picture("hostile-" + name)
			tab.unfold()
			tab.fits()
			if diff := cmp.Diff(want, elements(tab)); diff != "" {
				t.Errorf("the page's elements depend on it:\n%s", diff)
			}
			if got := ask[string](tab, `getComputedStyle(document.querySelector("pre")).display`); got != "block" {
				t.Errorf("an injected style applies: %s", got)
			}
			tab.quiet()
		})
	}
}

// crowd is a report of n regressed cases with two turns each.
func crowd(n int) report.Report {
	s := suite.Suite{Path: "suites/crowd.suite.yaml", Name: "crowd", Role: suite.Target, History: []suite.History{suite.Own}}
	yes, no := true, false
	var cases []eval.Case
	var regressed []string
	for i := range n {
		id := fmt.Sprintf("case-%d", i)
		regressed = append(regressed, id+"@own")
		s.Cases = append(s.Cases, suite.Case{ID: id, Line: i + 1, Turns: []suite.Turn{{User: "Why?"}, {User: "And then?"}}})
		for model, passed := range map[string]*bool{eval.Baseline: &yes, eval.Candidate: &no} {
			text := fmt.Sprintf("%s says of %d: %s", model, i, strings.Repeat("first this, then that; ", 30))
			cases = append(cases, eval.Case{
				Suite: s.Name, Role: string(suite.Target), Case: id, Cluster: id, History: string(suite.Own), Model: model, ModelID: model, Pass: passed,
				Evidence: eval.Direct, Turns: []eval.Turn{{User: "Why?", Output: text}, {User: "And then?", Output: text}},
				Asserts: []eval.AssertResult{{Turn: 1, Type: "icontains", Value: "therefore", Result: eval.Fail, Weight: 1, Why: "the text is not in the answer"}},
			})
		}
	}
	rule := gate.Rule{Rule: gate.NoHarm, Suite: s.Name, N: n, Baseline: 1, Delta: -1, CI: [2]float64{-1, -1}, Regressed: regressed, Outcome: gate.Fail, Why: "all regressed"}
	return report.Report{
		Verdict: gate.Verdict{Outcome: gate.Fail, ModelID: "m", Rules: []gate.Rule{rule}}, Policy: reporttest.Policy(), Cases: cases, Suites: report.SuitesOf([]suite.Suite{s}),
	}
}

func TestTwoThousandCasesInABrowser(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	html := render(t, crowd(2000))
	tab := open(t, browser, html, 1400, "light")
	if got := ask[int](tab, `document.querySelectorAll(".flip").length`); got != 2000 {
		t.Errorf("%d cases on the page", got)
	}
	// A reader opens the fold, then the last case.
	opened := ask[float64](tab, `(() => {
		const start = performance.now();
		document.querySelector(".more").open = true;
		const last = [...document.querySelectorAll(".flip")].at(-1);
		last.open = true;
		last.scrollIntoView();
		last.getBoundingClientRect();
		return performance.now() - start;
	})()`)
	t.Logf("%.1f MB, loaded in %s, the last of 2,000 cases open after %.0f ms", float64(len(html))/1e6, tab.took.Round(1e6), opened)
	if tab.took.Seconds() > 15 || opened > 5000 {
		t.Errorf("too slow: loaded in %s, opened in %.0f ms", tab.took, opened)
	}
	tab.fits()
	tab.quiet()
}

// The run time excludes reused stages.
func TestPageOfReusedStages(t *testing.T) {
	t.Parallel()
	r := reporttest.Tutor()
	if html := string(render(t, r)); !strings.Contains(html, "</b> run time<") {
		t.Error("the run time is missing")
	}
	for i := range r.Stages {
		r.Stages[i].Reused = true
	}
	if html := string(render(t, r)); strings.Contains(html, "run time<") {
		t.Error("it shows no time")
	}
}

// Long answers of many cases share the page's budget.
func TestPageIsBounded(t *testing.T) {
	t.Parallel()
	r := crowd(300)
	for i := range r.Cases {
		for j := range r.Cases[i].Turns {
			r.Cases[i].Turns[j].Output = strings.Repeat("x", 100_000)
		}
	}
	html := render(t, r)
	if len(html) > 2*pageText || !strings.Contains(string(html), "characters more]") {
		t.Errorf("%d bytes", len(html))
	}
}

func TestFindingsAreLinked(t *testing.T) {
	t.Parallel()
	r := report.Report{Links: report.Links{Head: files}, Findings: []dataset.Finding{
		{Check: "x", Level: "warn", File: "data/a b.json", Line: 3, See: "data/b.json:9", Message: "m"}, {Check: "x", Level: "warn", File: "../c.json", Line: 3},
	}}
	html := string(render(t, r))
	for _, want := range []string{
		`<a href="` + files + `/data/a%20b.json#L3"><code>data/a b.json:3</code></a>`, `see <a href="` + files + `/data/b.json#L9"><code>data/b.json:9</code></a>`,
		"<li><code>../c.json:3</code>",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is not in it", want)
		}
	}
}
