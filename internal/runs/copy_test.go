package runs

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestCopyTreeLeavesOutWeights(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	store := t.TempDir()
	for name, size := range map[string]int{"a.json": 10, "model.gguf": 10, "x.safetensors": 10, "large.txt": copyLimit + 1} {
		if err := os.WriteFile(filepath.Join(store, name), make([]byte, size), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(store, filepath.Join(from, "export")); err != nil {
		t.Fatal(err)
	}
	if err := copyTree(from, to); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(to, "export"))
	if err != nil || len(entries) != 1 || entries[0].Name() != "a.json" {
		t.Errorf("copied %v, %v", entries, err)
	}
}

// TestCopyAfterAKill: what a killed run left of a copy is taken away, what
// tunegate did not write is not, and links are not followed.
func TestCopyAfterAKill(t *testing.T) {
	t.Parallel()
	workspace := t.TempDir()
	dir := t.TempDir()
	put(t, filepath.Join(dir, RecordFile), "{}")
	put(t, filepath.Join(dir, "dataset", "train.jsonl"), "row")
	final := filepath.Join(workspace, ".tunegate")
	precious := filepath.Join(t.TempDir(), "precious")
	put(t, filepath.Join(precious, RecordFile), "{}")

	for name, leave := range map[string]func(){
		"nothing":      func() {},
		"a whole copy": func() {},
		"by half":      func() { put(t, filepath.Join(final, ignoreName), ignoreAll) },
		"unfinished":   func() { put(t, filepath.Join(final+".tmp", "dataset", "old.jsonl"), "row") },
		"links": func() {
			if err := errors.Join(os.Symlink(precious, final), os.Symlink(precious, final+".tmp")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		if name != "a whole copy" {
			if err := os.RemoveAll(final); err != nil {
				t.Fatal(err)
			}
		}
		leave()
		if err := CopyOut(workspace, dir); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !exists(filepath.Join(final, "dataset", "train.jsonl")) || exists(filepath.Join(final, "dataset", "old.jsonl")) || exists(final+".tmp") {
			t.Errorf("%s: not copied, or not cleaned up", name)
		}
	}
	if !exists(filepath.Join(precious, RecordFile)) {
		t.Error("a link was followed")
	}
	if err := os.RemoveAll(final); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(final, "mine"), "")
	if err := CopyOut(workspace, dir); err == nil || !exists(filepath.Join(final, "mine")) {
		t.Errorf("somebody's folder: %v", err)
	}
}
