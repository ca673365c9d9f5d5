package store

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/renameio/v2"
)

func TestWriteFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "run.json")
	for _, text := range []string{"first", "second"} {
		if err := WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(path); err != nil || string(data) != text {
			t.Errorf("%q, %v", data, err)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestIsTemporary(t *testing.T) {
	t.Parallel()
	unfinished, err := renameio.TempFile(t.TempDir(), "run.json")
	if err != nil {
		t.Fatal(err)
	}
	defer unfinished.Cleanup()
	for name, want := range map[string]bool{
		filepath.Base(unfinished.Name()):  true,
		".cases.jsonl6129484611666145821": true, ".a12345678": true,
		"run.json": false, ".gitignore": false, ".b2": false, "run.json6129484611666145821": false, ".6129484611666145821.json": false,
	} {
		if IsTemporary(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
