package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func commit(t *testing.T, s *Store, key Key) Entry {
	t.Helper()
	draft, err := s.Begin("train", key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(draft.Dir, "adapter", "a.bin"), "weights")
	entry, err := draft.Commit(Result{Options: map[string]int{"r": 16}, Value: 7, Took: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return entry
}

func TestCommitThenGet(t *testing.T) {
	t.Parallel()
	s := Open(t.TempDir(), "test")
	key := Digest("in")
	if _, err := s.Get("train", key); !errors.Is(err, ErrNotFound) {
		t.Fatalf("an empty store gave %v", err)
	}
	commit(t, s, key)
	entry, err := s.Get("train", key)
	if err != nil {
		t.Fatal(err)
	}
	var value int
	if err := entry.Decode(&value); err != nil || value != 7 {
		t.Fatalf("value %d, %v", value, err)
	}
	file, err := entry.File("adapter/a.bin")
	if err != nil || file.Size != 7 {
		t.Fatalf("file %+v, %v", file, err)
	}
}

func TestDraftOutlivesItsProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := Digest("in")
	draft, err := Open(dir, "test").Begin("eval", key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(draft.Dir, "cases.jsonl"), "{}\n")
	if _, err := Open(dir, "test").Get("eval", key); !errors.Is(err, ErrNotFound) {
		t.Fatalf("a draft was taken for a result: %v", err)
	}
	again, err := Open(dir, "test").Begin("eval", key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(again.Dir, "cases.jsonl")); err != nil {
		t.Fatalf("the draft was lost: %v", err)
	}
}

func TestDamagedResultIsNone(t *testing.T) {
	t.Parallel()
	damage := map[string]func(path string) error{
		"missing":   os.Remove,
		"truncated": func(path string) error { return os.Truncate(path, 1) },
		"touched": func(path string) error {
			later := time.Now().Add(time.Hour)
			return os.Chtimes(path, later, later)
		},
	}
	for name, harm := range damage {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Open(t.TempDir(), "test")
			key := Digest("in")
			entry := commit(t, s, key)
			if err := harm(entry.Path("adapter", "a.bin")); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Get("train", key); !errors.Is(err, ErrNotFound) {
				t.Fatalf("a damaged result was used: %v", err)
			}
			commit(t, s, key)
			if _, err := s.Get("train", key); err != nil {
				t.Fatalf("the result made again: %v", err)
			}
		})
	}
}

func TestCommitRefusesLinks(t *testing.T) {
	t.Parallel()
	s := Open(t.TempDir(), "test")
	draft, err := s.Begin("train", Digest("in"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/null", filepath.Join(draft.Dir, "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Commit(Result{}); err == nil {
		t.Fatal("a link was committed")
	}
}
