package referencetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestPartsAreWrittenAtOnce: the parts of a page belong to packages that are tested at
// the same time.
func TestPartsAreWrittenAtOnce(t *testing.T) {
	t.Setenv(updateVariable, "1")
	path := filepath.Join(t.TempDir(), "page.md")
	var page strings.Builder
	const parts = 20
	for i := range parts {
		fmt.Fprintf(&page, "<!-- part%d -->\nold\n<!-- /part%[1]d -->\n", i)
	}
	if err := os.WriteFile(path, []byte(page.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for i := range parts {
		writers.Go(func() { CheckPart(t, path, fmt.Sprintf("part%d", i), "new\n") })
	}
	writers.Wait()
	if got := string(read(t, path)); got != strings.ReplaceAll(page.String(), "old", "new") {
		t.Error(got)
	}
}
