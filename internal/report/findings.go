package report

import (
	"slices"

	"github.com/tunegate/tunegate/internal/dataset"
)

// sorted are the findings that stop a merge, the other new ones, and those that
// the base has as well.
func (r Report) sorted() (blocking, warned, old []dataset.Finding) {
	fresh := dataset.OnlyNew(r.Findings)
	errors := slices.IndexFunc(fresh, func(f dataset.Finding) bool { return !f.Blocks() })
	if errors < 0 {
		errors = len(fresh)
	}
	for _, finding := range r.Findings {
		if !finding.New {
			old = append(old, finding)
		}
	}
	return fresh[:errors], fresh[errors:], old
}

// repeated is a finding, and how many there are of its check and message.
type repeated struct {
	dataset.Finding
	times int
}

// joined are the findings that say something else, at the place of the first
// that says it.
func joined(list []dataset.Finding) (said []repeated) {
	index := make(map[[2]string]int)
	for _, finding := range list {
		key := [2]string{finding.Check, finding.Message}
		i, known := index[key]
		if !known {
			i = len(said)
			index[key] = i
			said = append(said, repeated{Finding: finding})
		}
		said[i].times++
	}
	return said
}

// often says of more than one how many they are.
func (f repeated) often() string {
	if f.times == 1 {
		return ""
	}
	return ", " + grouped(f.times) + " times"
}

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
			Where: line(finding.Where(), 300), URL: r.fileURL("", finding.File, finding.Line), Message: line(finding.Message, 400),
		}
		if finding.See != "" {
			shown.See, shown.SeeURL = line(finding.See, 300), r.placeURL(finding.See)
		}
		groups[i].Findings = append(groups[i].Findings, shown)
		groups[i].Count++
	}
	return groups
}
