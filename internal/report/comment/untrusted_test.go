package comment

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/markdown"
	"github.com/tunegate/tunegate/internal/report/reporttest"
	"github.com/tunegate/tunegate/internal/text"
)

// skeleton is a Markdown text without the contents of its code. It only understands
// fences, and spans within a line.
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
			out.WriteString(withoutSpans(reporttest.HTMLSpans.ReplaceAllString(line, "<code>code</code>")))
		}
	}
	if open != "" {
		t.Error("a fence stays open")
	}
	return out.String()
}

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

var tags = regexp.MustCompile(`<[^>]*>`)

// checkContained fails the test if s appears outside the places for it.
func checkContained(t *testing.T, s string) {
	t.Helper()
	harmless, r := reporttest.Hostile("!"), reporttest.Hostile(s)
	if markdown.Prose(text.Shown(s, findingRunes)) != markdown.Span(s, findingRunes) { // a sentence is written as text
		r.Notes, r.Findings = harmless.Notes, harmless.Findings
	}
	comment, want := string(Render(r)), string(Render(harmless))
	if len(comment) > Budget || !utf8.ValidString(comment) {
		t.Errorf("the comment has %d bytes, valid %t", len(comment), utf8.ValidString(comment))
	}
	if !strings.Contains(comment, "Left out for length") {
		if diff := cmp.Diff(skeleton(t, want), skeleton(t, comment)); diff != "" {
			t.Errorf("the comment's own text depends on %q:\n%s", s, diff)
		}
		if got, wanted := reporttest.Nodes(t, comment), reporttest.Nodes(t, want); !slices.Equal(got, wanted) {
			t.Errorf("a parser sees another comment for %q:\n%s", s, cmp.Diff(wanted, got))
		}
	}
	for _, node := range reporttest.Nodes(t, "why: "+markdown.Prose(s)) {
		if kind, _, _ := strings.Cut(node, " "); !slices.Contains([]string{"Document", "Paragraph", "Text", "CodeSpan"}, kind) {
			t.Errorf("the reason %q makes a %s", s, node)
		}
	}
	reporttest.CheckVisible(t, comment)
}

func TestUntrustedTextStaysInItsPlace(t *testing.T) {
	t.Parallel()
	for _, s := range reporttest.Attacks() {
		checkContained(t, s)
	}
}

func FuzzUntrustedText(f *testing.F) {
	for _, s := range reporttest.Attacks() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s != "" {
			checkContained(t, s)
		}
	})
}
