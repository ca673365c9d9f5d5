package markdown

import (
	"cmp"
	"slices"
	"strings"
)

// Section is a part of a document that is shown whole or not at all.
type Section struct {
	// Rank orders the sections by importance: those of the highest rank are dropped
	// first, those of rank 0 never.
	Rank int
	Name string // for the line that names dropped sections
	Text string // empty: there is nothing to say
}

// leftOutBytes are reserved for the line that names dropped sections.
const leftOutBytes = 600

// Assemble joins the sections in order. It drops the least important ones to keep within
// the budget, in bytes, and names them. There is where they can be read, such as
// " in report.html"; empty: nowhere.
func Assemble(sections []Section, budget int, there string) string {
	order := make([]int, len(sections))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sections[a].Rank, sections[b].Rank) })
	used := leftOutBytes
	keep := make([]bool, len(sections))
	var left []string
	for _, i := range order {
		length := len(sections[i].Text) + 1
		if sections[i].Rank > 0 && used+length > budget {
			if !slices.Contains(left, sections[i].Name) {
				left = append(left, sections[i].Name)
			}
			continue
		}
		keep[i] = true
		used += length
	}
	var parts []string
	for i, s := range sections {
		if keep[i] && s.Text != "" {
			parts = append(parts, s.Text)
		}
	}
	if len(left) > 0 {
		said := "Left out for length: " + strings.Join(left, ", ") + "."
		if there != "" {
			said += " They are" + there + "."
		}
		parts = append(parts, said+"\n")
	}
	return strings.Join(parts, "\n")
}
