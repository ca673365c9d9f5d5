package report

import (
	"github.com/tunegate/tunegate/internal/dataset"
)

// findingGroup is the findings of one check.
type findingGroup struct {
	Check    string
	Level    string
	Count    int
	Findings []shownFinding
	Open     bool
}

// shownFinding is a finding on the page; its addresses are empty where nothing
// shows the file.
type shownFinding struct{ Where, URL, See, SeeURL, Message string }

// findingGroups sorts findings by level and check, in the order of the first of each.
func (r Report) findingGroups(findings []dataset.Finding, open bool) (groups []findingGroup) {
	index := make(map[[2]string]int)
	for _, finding := range findings {
		key := [2]string{finding.Level, finding.Check}
		i, known := index[key]
		if !known {
			i = len(groups)
			index[key] = i
			groups = append(groups, findingGroup{Check: name(finding.Check), Level: name(finding.Level), Open: open})
		}
		shown := shownFinding{
			Where: line(finding.Where(), 300), URL: fileURL(r.Links.Head, finding.File, finding.Line), Message: line(finding.Message, 400),
		}
		if finding.See != "" {
			shown.See, shown.SeeURL = line(finding.See, 300), placeURL(r.Links.Head, finding.See)
		}
		groups[i].Findings = append(groups[i].Findings, shown)
		groups[i].Count++
	}
	return groups
}
