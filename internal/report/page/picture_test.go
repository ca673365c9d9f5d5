package page

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/report/reporttest"
)

func TestPictureForTheReadme(t *testing.T) {
	t.Parallel()
	html := string(render(t, reporttest.Pictured()))
	begin, end := strings.Index(html, "<body"), strings.Index(html, "</html>")
	reporttest.Picture{
		Name: "report.svg", About: "The report: the verdict, and each rule with its interval",
		Width: 880, Height: 820, Style: pageStyle, Body: html[begin:end],
	}.Check(t)
}
