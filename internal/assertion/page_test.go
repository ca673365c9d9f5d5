package assertion_test

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/reference"
	"github.com/tunegate/tunegate/internal/reference/referencetest"
)

// page is what docs says of the assertions.
const page = "../../docs/suites.md"

func TestPageHasEveryAssertion(t *testing.T) {
	t.Parallel()
	var rows [][]string
	for _, kind := range assertion.Types() {
		negatable := "no"
		if kind.Negatable {
			negatable = "yes"
		}
		fields, example := "", []reference.Key{{Path: "type", Example: kind.Name}}
		for _, k := range kind.Takes {
			if fields += "`" + k.Path + "`: " + k.Type.Words + ". " + k.About + " "; !k.Required {
				fields += "Default: " + k.Defaults() + "."
			}
			example = append(example, k)
		}
		rows = append(rows, []string{
			"`" + kind.Name + "`", referencetest.Sentence(kind.About), strings.TrimSpace(fields), "`" + reference.ExampleLine(example) + "`", negatable,
		})
	}
	referencetest.CheckPart(t, page, "generated", referencetest.Table([]string{"assertion", "passes when", "fields", "example", "negatable"}, rows))
}
