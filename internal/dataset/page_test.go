package dataset

import (
	"fmt"
	"testing"

	"github.com/tunegate/tunegate/internal/reference/referencetest"
)

// page is what docs says of the checks.
const page = "../../docs/checks.md"

func TestPageHasEveryCheck(t *testing.T) {
	t.Parallel()
	var rows [][]string
	var names []string
	for _, c := range known {
		level := string(c.Level)
		if c.Threshold > 0 {
			level += fmt.Sprintf(", from a similarity of %v", c.Threshold)
		}
		rows = append(rows, []string{"`" + c.name + "`", level, referencetest.Sentence(c.about), c.looksAt()})
		names = append(names, c.name)
	}
	for _, a := range allApart {
		rows = append(rows, []string{"`" + a.name + "`", string(a.level) + ", always", referencetest.Sentence(a.about), a.looksAt})
		names = append(names, a.name)
	}
	referencetest.CheckPart(t, page, "generated", referencetest.Table([]string{"check", "default", "what it finds", "looks at"}, rows))
	referencetest.CheckNames(t, page, append(names, string(Error), string(Warn), string(Off)))
}
