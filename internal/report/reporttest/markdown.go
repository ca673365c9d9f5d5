package reporttest

import (
	"regexp"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// HTMLSpans are code within a line of HTML, which no text in it can end.
var HTMLSpans = regexp.MustCompile(`<code>[^<>]*</code>`)

// Nodes lists the Markdown's nodes as a GFM parser sees them, with all text outside
// code.
func Nodes(t testing.TB, markdown string) []string {
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
			said += " " + HTMLSpans.ReplaceAllString(string(n.Lines().Value(source)), "<code>code</code>")
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
