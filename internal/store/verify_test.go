package store

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		harm func(path string) error
		says string // empty: intact
	}{
		"untouched": {func(string) error { return nil }, ""},
		"touched":   {func(path string) error { return os.Chtimes(path, time.Now(), time.Now()) }, ""},
		"missing":   {os.Remove, "no such file"},
		"truncated": {func(path string) error { return os.Truncate(path, 1) }, "1 bytes, 7 in the manifest"},
		"flipped": {func(path string) error {
			return os.WriteFile(path, []byte("WEIGHTS"), 0o644)
		}, "content changed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			entry := commit(t, Open(t.TempDir(), "test"), Digest("in"))
			path := entry.Path("adapter", "a.bin")
			if err := tt.harm(path); err != nil {
				t.Fatal(err)
			}
			err := Verify(entry)
			if (err == nil) != (tt.says == "") || err != nil && !(strings.Contains(err.Error(), tt.says) &&
				strings.Contains(err.Error(), path) && strings.Contains(err.Error(), "hint: remove "+entry.Dir)) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestVerifyWithoutManifest(t *testing.T) {
	t.Parallel()
	s := Open(t.TempDir(), "test")
	if err := os.Remove(commit(t, s, Digest("in")).Path(manifestName)); err != nil {
		t.Fatal(err)
	}
	entries, err := s.Entries()
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	if err := Verify(entries[0]); err == nil || !strings.Contains(err.Error(), "cannot read its manifest.json") {
		t.Errorf("%v", err)
	}
}
