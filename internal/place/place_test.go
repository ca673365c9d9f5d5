package place

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlacesOfOtherResults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if places, err := Load(t.Context(), dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of an earlier version: %+v, %v", places, err)
	}
	for _, text := range []string{"{\"source\": \"a#1\"}\n{\"sou", "no JSON\n"} {
		if err := os.WriteFile(filepath.Join(dir, File), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "--force dataset") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
