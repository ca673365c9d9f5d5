package referencetest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/reference"
)

var helpOn = regexp.MustCompile("`tunegate help (\\S+)(?: (\\S+))?`")

// Hints fails where a line of an error about a file lacks a hint, or names help that
// there is not.
func Hints(t *testing.T, f reference.Format, err error) {
	t.Helper()
	for line := range strings.Lines(err.Error()) {
		if !strings.Contains(line, "(hint: ") {
			t.Errorf("no hint: %q", line)
		}
		for _, asked := range helpOn.FindAllStringSubmatch(line, -1) {
			if asked[1] != f.Topic || asked[2] != "" && len(f.Lookup(asked[2])) != 1 {
				t.Errorf("no help on %q: %q", asked[1:], line)
			}
		}
	}
}
