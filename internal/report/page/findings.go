package page

import (
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// findingGroup is the findings of one check.
type findingGroup struct {
	Check    string
	Level    string
	Count    int
	Findings []shownFinding
	Open     bool
}

// shownFinding is a finding on the page; its addresses are empty if its file has none.
type shownFinding struct{ Where, URL, See, SeeURL, Message string }

// findingGroups sorts findings by level and check, in the order of the first of each.
func findingGroups(r report.Report, findings []dataset.Finding, open bool) (groups []findingGroup) {
	index := make(map[[2]string]int)
	for _, finding := range findings {
		key := [2]string{finding.Level, finding.Check}
		i, known := index[key]
		if !known {
			i = len(groups)
			index[key] = i
			groups = append(groups, findingGroup{Check: text.Name(finding.Check), Level: text.Name(finding.Level), Open: open})
		}
		shown := shownFinding{
			Where: text.Shown(finding.Where(), 300), URL: r.FileURL("", finding.File, finding.Line), Message: text.Shown(finding.Message, 400),
		}
		if finding.See != "" {
			shown.See, shown.SeeURL = text.Shown(finding.See, 300), r.PlaceURL(finding.See)
		}
		groups[i].Findings = append(groups[i].Findings, shown)
		groups[i].Count++
	}
	return groups
}
