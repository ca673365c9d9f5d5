package referencetest

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// Papers are the pages for readers, README.md first, from the top of the repository,
// which lies at root.
func Papers(t *testing.T, root string) []string {
	t.Helper()
	var pages []string
	for _, glob := range []string{"README.md", "CHANGELOG.md", "docs/*.md", ".github/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, glob))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: no page, %v", glob, err)
		}
		pages = append(pages, found...)
	}
	return pages
}

// A Block is fenced code of a page.
type Block struct {
	Language, Text string
	Line           int // its first
}

// Paper is what a test asks of a page: its fenced code, its code within lines, where its
// links and pictures lead, and what a link to a heading may name.
type Paper struct {
	Blocks  []Block
	Spans   []string
	Links   []string
	Anchors []string
}

// ReadPaper reads the page in path as GitHub does.
func ReadPaper(t *testing.T, path string) Paper {
	t.Helper()
	source := read(t, path)
	var page Paper
	err := ast.Walk(goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.FencedCodeBlock:
			lines := n.Lines()
			if lines.Len() > 0 {
				line := 1 + strings.Count(string(source[:lines.At(0).Start]), "\n")
				page.Blocks = append(page.Blocks, Block{string(n.Language(source)), string(lines.Value(source)), line})
			}
		case *ast.CodeSpan:
			page.Spans = append(page.Spans, plain(n, source))
		case *ast.Link:
			page.Links = append(page.Links, string(n.Destination))
		case *ast.Image:
			page.Links = append(page.Links, string(n.Destination))
		case *ast.Heading:
			page.Anchors = append(page.Anchors, anchor(plain(n, source), page.Anchors))
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// plain is the text within a node, code included.
func plain(n ast.Node, source []byte) string {
	var words strings.Builder
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		if leaf, ok := child.(*ast.Text); ok {
			words.Write(leaf.Segment.Value(source))
			continue
		}
		words.WriteString(plain(child, source))
	}
	return words.String()
}

var dropped = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)

// anchor is what GitHub calls a heading, of which the page has others.
func anchor(heading string, others []string) string {
	name := strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
	for i, unique := 1, name; ; i++ {
		if !slices.Contains(others, unique) {
			return unique
		}
		unique = fmt.Sprintf("%s-%d", name, i)
	}
}
