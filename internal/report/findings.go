package report

import (
	"slices"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/text"
)

// SortedFindings are the findings that stop a merge, the other new ones, and those that
// the base has as well.
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

// Repeated is a finding, and how many there are of its check and message.
type Repeated struct {
	dataset.Finding
	Times int
}

// Joined are the findings that say something else, at the place of the first
// that says it.
func Joined(list []dataset.Finding) (said []Repeated) {
	index := make(map[[2]string]int)
	for _, finding := range list {
		key := [2]string{finding.Check, finding.Message}
		i, known := index[key]
		if !known {
			i = len(said)
			index[key] = i
			said = append(said, Repeated{Finding: finding})
		}
		said[i].Times++
	}
	return said
}

// Often says of more than one how many they are.
func (f Repeated) Often() string {
	if f.Times == 1 {
		return ""
	}
	return ", " + text.Grouped(f.Times) + " times"
}

// Number is how many findings were joined.
func Number(list []Repeated) (n int) {
	for _, finding := range list {
		n += finding.Times
	}
	return n
}
