package comment

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"

	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/reporttest"
)

const files = "https://git.example.org/euclid/tutor/blob/11985b5f"

// hostileWithLinks is hostile with places that can be linked.
func hostileWithLinks(s string) report.Report {
	r := reporttest.Hostile(s)
	r.Links = report.Links{Head: files, Base: files}
	place := report.Row{File: "data/raw.json", Line: 7, Question: s, Similarity: 0.9}
	for name, rows := range r.Nearest {
		r.Nearest[name] = append(rows, place)
	}
	r.BaselineProbe.Rows = append(r.BaselineProbe.Rows, place)
	return r
}

// visibleMost bounds the unfolded characters of a comment with few rules.
const visibleMost = 6000

var (
	codeBlocks = regexp.MustCompile("(?s)<pre>.*?</pre>")
	codeSpans  = regexp.MustCompile("(?s)<code>[^<>]*</code>")
	closed     = regexp.MustCompile(`(?s)<details>(<summary>.*?</summary>).*?</details>`)
	// allowedTags are the only tags of a comment; a link leads to one of our files.
	allowedTags = regexp.MustCompile(`^(?:</?(?:h3|h4|p|ul|li|strong|blockquote|details|summary|table|thead|tbody|tr|th|td)>|<details open>|` +
		`<t[hd] style="text-align:(?:right|left)">|<li>|<a href="` + regexp.QuoteMeta(files) + `/[^"<> ]*#L[0-9]+">|</a>|<!-- tunegate[a-z0-9= ]*-->)$`)
	// alive matches what GitHub turns into more than text: mentions, emoji, issues,
	// commits, addresses, mathematics.
	alive = regexp.MustCompile(`(?i)@\w|:[\w+-]+:|#\d|\bgh-\d|\b[0-9a-f]{7,40}\b|https?:|www\.|mailto:|\$\S`)
)

// renderComment is the comment in HTML, as a GFM renderer makes it.
func renderComment(t testing.TB, comment []byte) string {
	t.Helper()
	var out bytes.Buffer
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(renderer.WithUnsafe()))
	if err := markdown.Convert(comment, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// checkInert fails the test if the comment has anything alive outside code,
// or shows more than it should.
func checkInert(t *testing.T, r report.Report) {
	t.Helper()
	rendered := renderComment(t, Sticky(r, About{HeadSHA: strings.Repeat("a1", 20), RunID: 7, Attempt: 1}))
	text := codeSpans.ReplaceAllString(codeBlocks.ReplaceAllString(rendered, ""), " ")
	for _, tag := range tags.FindAllString(text, -1) {
		if !allowedTags.MatchString(tag) {
			t.Errorf("%s outside of code", tag)
		}
	}
	if opened, ended := strings.Count(text, "<details"), strings.Count(text, "</details>"); opened != ended {
		t.Errorf("%d details are opened and %d ended", opened, ended)
	}
	for line := range strings.Lines(html.UnescapeString(tags.ReplaceAllString(text, ""))) {
		if found := alive.FindString(line); found != "" {
			t.Errorf("%q is alive in %q", found, line)
		}
	}
	if n := visible(rendered); n > visibleMost {
		t.Errorf("%d characters are visible", n)
	}
}

// visible counts the unfolded characters of a rendered comment.
func visible(rendered string) int {
	shown := html.UnescapeString(tags.ReplaceAllString(closed.ReplaceAllString(rendered, "$1"), ""))
	return utf8.RuneCountInString(strings.Join(strings.Fields(shown), " "))
}

func TestCommentsAreInertAndShort(t *testing.T) {
	t.Parallel()
	all := reporttest.Reports()
	all["tutor"] = reporttest.Tutor()
	for name, r := range all {
		r.Links = report.Links{Head: files, Base: files}
		checkInert(t, r)
		t.Logf("%s: %d characters visible of %d bytes", name, visible(renderComment(t, Render(r))), len(Render(r)))
	}
}

// A record that tries everything at once reaches every part of the comment.
func TestRecordWithEverything(t *testing.T) {
	t.Parallel()
	record := strings.Join([]string{
		"::error file=a,line=1::x", "##[set-output name=verdict]pass", "[trainer] ##[add-mask]pass", "::stop-commands::t",
		"@octocat cc @github/security, see #1, GH-7, owner/name#3 and deadbeefcafe", "</details></summary><details open><img src=x onerror=alert(1)>",
		"| a | b |\n|---|---|", "\u202e\u2067\u200fright to left\u200b\ufeff", "![x](https://example.org/x.png) [y](https://example.org) www.example.org :tada:",
		"<!-- tunegate head=0 -->", "```\n~~~\n````", "$`x`$ $$y$$", strings.Repeat("W", 100_000),
	}, "\n")
	r := hostileWithLinks(record)
	for _, state := range []report.State{report.Ready, report.Broke, report.Judged} {
		r.State = state
		checkInert(t, r)
	}
	comment := string(Render(r))
	for _, want := range []string{"\n```", "prompt     ::error file=a,line=1::x\n", "[`data/raw.json:7`](" + files + "/data/raw.json#L7)"} {
		if !strings.Contains(comment, want) {
			t.Errorf("%q is not in it", want)
		}
	}
}

func TestNoForeignLinks(t *testing.T) {
	t.Parallel()
	for _, base := range []string{
		"https://example.org/x)[y](https://example.org", "https://a<b>/x", "javascript:alert(1)//", "https://a\" onclick=/", "https://$a$/b", "https://exa mple.org/x",
		"https://example.org/`", "//example.org/a", "https://user:pass@example.org/a", "https://example.org/x?y", "https://example.org/a*b_c[d]",
	} {
		r := reporttest.Hostile("data.json")
		r.Links = report.Links{Head: base, Base: base}
		if links := regexp.MustCompile(`<a [^>]*>`).FindAllString(renderComment(t, Render(r)), -1); slices.ContainsFunc(links, func(link string) bool {
			return !strings.HasPrefix(link, `<a href="https://example.org/`)
		}) {
			t.Errorf("%s makes %s", base, links)
		}
	}
}

func FuzzComment(f *testing.F) {
	for _, s := range reporttest.Attacks() {
		f.Add(s)
	}
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) { checkInert(t, hostileWithLinks(s)) })
}
