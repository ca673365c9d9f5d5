package comment

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/tunegate/tunegate/internal/report/reporttest"
)

// GitHub's style of a comment, as far as a picture needs it.
//
//go:embed testdata/picture.css
var pictureStyle string

func TestPictureForTheReadme(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe(), html.WithXHTML()))
	if err := markdown.Convert(Render(reporttest.Pictured()), &body); err != nil {
		t.Fatal(err)
	}
	reporttest.Picture{
		Name: "comment.svg", About: "A pull request's comment: the verdict, the suites, and the first case that regressed",
		Width: 880, Height: 800, Style: pictureStyle, Body: "<body>" + body.String() + "</body>",
	}.Check(t)
}
