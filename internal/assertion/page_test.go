package assertion_test

import (
	"testing"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/reference/referencetest"
)

// page is what docs says of the assertions.
const page = "../../docs/suites.md"

func TestPageHasEveryAssertion(t *testing.T) {
	t.Parallel()
	var rows [][]string
	var names []string
	for _, kind := range assertion.Types() {
		negatable := "no"
		if kind.Negatable {
			negatable = "yes"
		}
		rows = append(rows, []string{"`" + kind.Name + "`", referencetest.Sentence(kind.About), negatable})
		names = append(names, kind.Name)
	}
	referencetest.CheckPart(t, page, referencetest.Table([]string{"assertion", "passes when", "negatable"}, rows))
	referencetest.CheckHeadings(t, page, names)
}
