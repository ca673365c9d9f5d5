package report

import (
	"slices"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/text"
)

// SortedFindings splits the findings into those that block a merge, other new ones, and
// those that the base has too.
func (r Report) SortedFindings() (blocking, warned, old []dataset.Finding) {
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

// Repeated is a finding with the number of findings that share its check and message.
type Repeated struct {
	dataset.Finding
	Times int
}

// Joined merges findings that share check and message, at the place of the first.
func Joined(list []dataset.Finding) (joined []Repeated) {
	index := make(map[[2]string]int)
	for _, finding := range list {
		key := [2]string{finding.Check, finding.Message}
		i, known := index[key]
		if !known {
			i = len(joined)
			index[key] = i
			joined = append(joined, Repeated{Finding: finding})
		}
		joined[i].Times++
	}
	return joined
}

// Often is ", N times", or empty for a single finding.
func (f Repeated) Often() string {
	if f.Times == 1 {
		return ""
	}
	return ", " + text.Grouped(f.Times) + " times"
}

// Number counts the findings that were joined.
func Number(list []Repeated) (n int) {
	for _, finding := range list {
		n += finding.Times
	}
	return n
}
