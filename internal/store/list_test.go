package store

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestEntriesAndDrafts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := Open(dir, "test")
	if entries, err := s.Entries(); err != nil || len(entries) != 0 {
		t.Fatalf("no store yet: %v, %v", entries, err)
	}
	whole, broken, half := Digest("whole"), Digest("broken"), Digest("half")
	commit(t, s, whole)
	write(t, commit(t, s, broken).Path(manifestName), "{")
	draft, err := s.Begin("export", half)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(draft.Dir, "a", "b"), "12345")
	// Nothing of these is a result's or a draft's name.
	write(t, filepath.Join(dir, "train", "notes", "x"), "mine")
	write(t, filepath.Join(dir, "train", string(Digest("file"))), "a file")
	write(t, filepath.Join(dir, "readme"), "mine")

	entries, err := s.Entries()
	if err != nil {
		t.Fatal(err)
	}
	var found []Key
	for _, entry := range entries {
		found = append(found, entry.Manifest.Key)
		if entry.Manifest.Stage != "train" || entry.Dir != s.Dir("train", entry.Manifest.Key) {
			t.Errorf("%+v", entry)
		}
		if readable := entry.Manifest.Schema == Schema; readable != (entry.Manifest.Key == whole) {
			t.Errorf("%+v", entry)
		}
	}
	want := []Key{whole, broken}
	slices.Sort(want)
	if !slices.Equal(found, want) {
		t.Errorf("found %v, want %v", found, want)
	}
	drafts, err := s.Drafts()
	if err != nil || len(drafts) != 1 {
		t.Fatalf("%+v, %v", drafts, err)
	}
	if d := drafts[0]; d.Stage != "export" || d.Key != half || d.Dir != draft.Dir || d.Size != 5 {
		t.Errorf("%+v", d)
	}
}

func TestEntryUnderAnotherName(t *testing.T) {
	t.Parallel()
	s := Open(t.TempDir(), "test")
	entry := commit(t, s, Digest("in"))
	other := Digest("other")
	if err := os.Rename(entry.Dir, s.Dir("train", other)); err != nil {
		t.Fatal(err)
	}
	entries, err := s.Entries()
	if err != nil || len(entries) != 1 || entries[0].Manifest.Key != other || Verify(entries[0]) == nil {
		t.Errorf("%+v, %v", entries, err)
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := Open(dir, "test")
	kept, gone := commit(t, s, Digest("kept")), commit(t, s, Digest("gone"))
	for range 2 {
		if err := s.Remove("train", gone.Manifest.Key); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Lstat(gone.Dir); err == nil {
		t.Error("still there")
	}
	key := kept.Manifest.Key
	for _, wrong := range []struct {
		stage string
		key   Key
	}{{"train", ""}, {"", key}, {".", key}, {"..", key}, {"a/b", key}, {"train", ".."}, {"train", key + ".partial"}} {
		if s.Remove(wrong.stage, wrong.key) == nil {
			t.Errorf("%+v was removed", wrong)
		}
	}
	if _, err := s.Get("train", key); err != nil {
		t.Error(err)
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a"), "1")
	write(t, filepath.Join(dir, "b", "c"), "23")
	if err := os.Symlink("a", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int64{
		dir: 3, filepath.Join(dir, "a"): 1, filepath.Join(dir, "link"): 0, filepath.Join(dir, "none"): 0,
	} {
		if size, err := Size(path); err != nil || size != want {
			t.Errorf("%s: %d, %v", path, size, err)
		}
	}
}
