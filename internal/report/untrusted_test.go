package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
)

// attacks are texts that try to leave their place.
var attacks = []string{
	"``` \n# out\n```", "````\n@octocat", "~~~\n[a](javascript:alert(1))", "`", "``", "a`b``c", "` `", " `x` ",
	"| a | b |\n|---|---|", "</details>", "<script>alert(1)</script>", "-->", "<!-- tunegate -->", "<img src=x onerror=y>",
	"@octocat #1 GH-1 https://example.org www.example.org a@example.org", "![x](https://example.org/x.png)", ":white_check_mark:",
	"\u202eesrever\u2066\u200b\ufeff", "\x1b[31mred\x00\x08", "a\rb\r\nc\u2028d\u0085e", "\xff\xfe", "::error::x", "##[error]x", "\u00a0::set-output name=a::b",
	"$`x`$", "```mermaid\ngraph TD\n```", strings.Repeat("`", 500), strings.Repeat("long ", 5000), "    indented", "\\", "\\`", "a\\|b", "1. x", "- x", "***",
	"0123456789abcdef` `", "a `b` c: `www.d`",
}

// poisoned is a failed report in which every text that others write is s.
func poisoned(s string) Report {
	no, yes := false, true
	var cases []eval.Case
	var broken []string
	for i := range 9 {
		id := fmt.Sprint(s, i)
		before, after := &yes, &no
		if i == 8 {
			before, after = after, before
		} else {
			broken = append(broken, id)
		}
		for model, passed := range map[string]*bool{eval.Baseline: before, eval.Candidate: after} {
			cases = append(cases, eval.Case{
				Suite: s, Case: id, Cluster: s, Model: model, Pass: passed, Evidence: eval.Direct, Turns: []eval.Turn{{User: s, Output: s}},
				Asserts: []eval.AssertResult{{Type: s, Value: s, Result: eval.Fail, Weight: 1, Why: s}},
			})
		}
	}
	finding := dataset.Finding{Check: s, Level: "error", New: true, File: s, Line: 3, See: s, Message: s}
	warned, old := finding, finding
	warned.Level, old.New = "warn", false
	return Report{
		Verdict: gate.Verdict{Outcome: gate.Fail, ModelID: s, BaselineModelID: s, PolicySHA256: s, Rules: []gate.Rule{
			{Rule: gate.NoHarm, Suite: s, N: 20, Broken: broken, Fixed: []string{fmt.Sprint(s, 8)}, Outcome: gate.Fail, Why: "x"},
			{Rule: gate.DataErrors, N: 1, Outcome: gate.Fail, Why: "x"},
			{Rule: s, Suite: s, N: 1, Outcome: gate.Inconclusive, Why: "x"},
		}},
		Error: s, Nearest: map[string][]Row{s + "/" + fmt.Sprint(s, 0): {{File: s, Line: 3, Question: s, Likeness: 0.5, New: true}}},
		Already: &Already{Of: 20, Asked: 9, Right: 4, Rows: []Row{{File: s, Line: 4, Question: s}}},
		Cases:   cases, Head: Revision{s, s}, Base: Revision{s, s}, CandidateTag: s, BaselineTag: s, Stages: []Stage{{s, 1, false}},
		Findings: []dataset.Finding{finding, warned, old}, Samples: []Sample{{s, s, s}}, Export: &Export{GGUFSHA256: s}, Reproduce: s,
	}
}

// hostile is a report with everything, in which every text that others write is s.
func hostile(s string) Report {
	r := poisoned(s)
	full := tutor()
	r.Name, r.Forecast, r.Losses, r.Suites = s, full.Forecast, full.Losses, nil
	recipe := *full.Training.Recipe
	recipe.LoRA.TargetModules = []string{s}
	r.Training = &Training{Device: s, Precision: s, Versions: map[string]string{"torch": s}, Recipe: &recipe}
	r.Origin = Origin{
		Run: s, Tool: s, Server: s, Lineage: s, Base: BaseModel{s, s, "x" + s},
		Materials: []Material{{s, s, s}},
	}
	r.Notes = []string{s}
	r.Verdict.ModelID = "x" + s
	return r
}

// skeleton is a Markdown text without the contents of its code, by a small
// checker of our own that only knows fences and spans within a line.
func skeleton(t *testing.T, markdown string) string {
	t.Helper()
	var out strings.Builder
	var open string
	for line := range strings.Lines(markdown) {
		marks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case open != "":
			if len(marks) >= len(open) && strings.TrimSpace(line) == marks {
				open = ""
			}
		case len(marks) >= 3:
			open = marks
			out.WriteString("fence\n")
		default:
			out.WriteString(withoutSpans(htmlSpans.ReplaceAllString(line, "<code>code</code>")))
		}
	}
	if open != "" {
		t.Error("a fence stays open")
	}
	return out.String()
}

// htmlSpans are code within a line of HTML, which no text in it can end.
var htmlSpans = regexp.MustCompile(`<code>[^<>]*</code>`)

var marksRun = regexp.MustCompile("`+")

func withoutSpans(line string) string {
	var out strings.Builder
	for {
		first := marksRun.FindStringIndex(line)
		if first == nil {
			return out.String() + line
		}
		end := -1
		for _, run := range marksRun.FindAllStringIndex(line, -1)[1:] {
			if run[1]-run[0] == first[1]-first[0] {
				end = run[1]
				break
			}
		}
		if end < 0 {
			return out.String() + line
		}
		out.WriteString(line[:first[0]] + "span")
		line = line[end:]
	}
}

// nodes are the Markdown's nodes as a GFM parser sees them, with all text that
// is not code.
func nodes(t *testing.T, markdown string) []string {
	t.Helper()
	source := []byte(markdown)
	tree := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	var seen []string
	err := ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		said := n.Kind().String()
		switch n := n.(type) {
		case *ast.Link, *ast.AutoLink, *ast.Image, *ast.RawHTML:
			t.Errorf("%s outside of code", said)
		case *ast.Text:
			said += " " + string(n.Segment.Value(source))
		case *ast.HTMLBlock:
			said += " " + htmlSpans.ReplaceAllString(string(n.Lines().Value(source)), "<code>code</code>")
		}
		seen = append(seen, said)
		if n.Kind() == ast.KindCodeSpan || n.Kind() == ast.KindFencedCodeBlock {
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

var tags = regexp.MustCompile(`<[^>]*>`)

// checkContained fails the test where s shows outside of the places for it.
func checkContained(t *testing.T, s string) {
	t.Helper()
	harmless, r := hostile("!"), hostile(s)
	if prose(line(s, 240)) != span(s, 240) { // a sentence stands there as text
		r.Notes, r.Findings = harmless.Notes, harmless.Findings
	}
	comment, want := string(Comment(r)), string(Comment(harmless))
	if len(comment) > Budget || !utf8.ValidString(comment) {
		t.Errorf("the comment has %d bytes, valid %t", len(comment), utf8.ValidString(comment))
	}
	if !strings.Contains(comment, "Left out for length") {
		if diff := cmp.Diff(skeleton(t, want), skeleton(t, comment)); diff != "" {
			t.Errorf("the comment's own text depends on %q:\n%s", s, diff)
		}
		if got, wanted := nodes(t, comment), nodes(t, want); !slices.Equal(got, wanted) {
			t.Errorf("a parser sees another comment for %q:\n%s", s, cmp.Diff(wanted, got))
		}
	}
	for _, node := range nodes(t, "why: "+prose(s)) {
		if kind, _, _ := strings.Cut(node, " "); !slices.Contains([]string{"Document", "Paragraph", "Text", "CodeSpan"}, kind) {
			t.Errorf("the reason %q makes a %s", s, node)
		}
	}
	for i := range r.Verdict.Rules {
		r.Verdict.Rules[i].Why = s
	}
	page, err := HTML(r)
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := HTML(harmless)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tags.FindAllString(string(wanted), -1), tags.FindAllString(string(page), -1)); diff != "" {
		t.Errorf("the page's tags depend on %q:\n%s", s, diff)
	}
	for out, data := range map[string]string{"comment": comment, "page": string(page), "summary": string(Summary(r))} {
		for line := range strings.Lines(data) {
			if i := strings.IndexFunc(line, func(r rune) bool {
				return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
			}); i >= 0 {
				t.Errorf("%s: control or format character in %q", out, line)
			}
			start := strings.TrimLeftFunc(line, unicode.IsSpace)
			if out == "summary" && (strings.HasPrefix(start, "::") || strings.Contains(line, "##[")) {
				t.Errorf("%s: workflow command in %q", out, line)
			}
		}
	}
}

func TestUntrustedTextStaysInItsPlace(t *testing.T) {
	t.Parallel()
	for _, s := range attacks {
		checkContained(t, s)
	}
}

func FuzzUntrustedText(f *testing.F) {
	for _, s := range attacks {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s != "" {
			checkContained(t, s)
		}
	})
}
