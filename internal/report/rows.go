package report

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/text"
)

// Alike says whether the row is new, and how similar it is to what was looked for.
func (row Row) Alike() string {
	var said []string
	if row.New {
		said = append(said, "new")
	}
	if row.Similarity > 0 {
		said = append(said, fmt.Sprintf("%.0f %% alike", 100*min(row.Similarity, 1)))
	}
	return strings.Join(said, ", ")
}

// Sentence is the count in words; empty where nothing was asked.
func (b *BaselineProbe) Sentence() string {
	if b == nil || b.Asked == 0 {
		return ""
	}
	return fmt.Sprintf("of %d asked of %s whose answer ends in a value, the baseline had %d right", b.Asked, text.Count(max(b.Eligible, b.Asked), "new row"), b.Correct)
}
