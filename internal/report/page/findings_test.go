package page

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/reporttest"
)

func TestNewWarningsStandApart(t *testing.T) {
	t.Parallel()
	page := string(render(t, report.Report{Findings: reporttest.Findings(40)}))
	fresh, old := strings.Index(page, `<section id="warned">`), strings.Index(page, `<section id="data">`)
	if fresh < 0 || old < fresh || !strings.Contains(page[fresh:old], "b.json:7") {
		t.Errorf("new warnings at %d, old ones at %d", fresh, old)
	}
}

func TestSides(t *testing.T) {
	t.Parallel()
	reporttest.CheckSides(t, string(render(t, reporttest.Sided())))
}
