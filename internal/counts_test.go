package internal

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// counted is a number and a plural in a format, which would say "1 errors"; a bound that
// is never 1 may be written so.
var counted = regexp.MustCompile(`(more than )?%d (more |new |old )*(errors|warnings|findings|records|duplicates|questions|tags|sources)\b`)

// TestCountsAreWrittenByText: how many there are of something is text.Count's to say.
func TestCountsAreWrittenByText(t *testing.T) {
	t.Parallel()
	eachGoFile(t, func(path string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		data, err := os.ReadFile(filepath.Join("..", path))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range counted.FindAllString(string(data), -1) {
			if !strings.HasPrefix(found, "more than ") {
				t.Errorf("%s: %q (hint: text.Count writes 1 without the s)", path, found)
			}
		}
	})
}
