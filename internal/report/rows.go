package report

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/text"
)

// Label says whether the row is new, and how similar it is to the regressed case.
func (row Row) Label() string {
	var parts []string
	if row.New {
		parts = append(parts, "new")
	}
	if row.Similarity > 0 {
		parts = append(parts, fmt.Sprintf("%.0f %% similar", 100*min(row.Similarity, 1)))
	}
	return strings.Join(parts, ", ")
}

// Summary is the count in words; empty if nothing was asked.
func (b *BaselineProbe) Summary() string {
	if b == nil || b.Asked == 0 {
		return ""
	}
	if b.Eligible > b.Asked {
		return fmt.Sprintf("%d of %d, sampled from %s whose answer ends in a value", b.Correct, b.Asked, text.Count(b.Eligible, "new row"))
	}
	return fmt.Sprintf("%d of %s whose answer ends in a value", b.Correct, text.Count(b.Asked, "new row"))
}
