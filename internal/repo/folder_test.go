package repo

import (
	"errors"
	"io"
	"io/fs"
	"testing"
)

// TestFolder: a folder of a commit reads as one of the machine does, without what lies
// below it.
func TestFolder(t *testing.T) {
	t.Parallel()
	f, r := open(t)
	f.write("base/below/other.bin", "other")
	f.commit("a folder below")
	tree, err := r.Tree(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	files, err := tree.Under(t.Context(), "./base")
	if err != nil {
		t.Fatal(err)
	}
	folder := tree.Folder(t.Context(), "./base", files)
	entries, err := fs.ReadDir(folder, ".")
	if err != nil || len(entries) == 0 {
		t.Fatalf("%v, %v", entries, err)
	}
	for _, entry := range entries {
		if entry.IsDir() || entry.Name() == "below" {
			t.Errorf("%s is listed", entry)
		}
	}
	if data, err := fs.ReadFile(folder, "model.bin"); err != nil || string(data) != "weights" {
		t.Errorf("%q, %v", data, err)
	}
	file, err := folder.Open("model.bin")
	if err != nil {
		t.Fatal(err)
	}
	part := make([]byte, 3)
	if _, err := file.(io.ReaderAt).ReadAt(part, 2); err != nil || string(part) != "igh" {
		t.Errorf("%q, %v", part, err)
	}
	if info, err := fs.Stat(folder, "model.bin"); err != nil || info.Size() != 7 || !info.Mode().IsRegular() {
		t.Errorf("%v, %v", info, err)
	}
	for _, name := range []string{"none", "below", "below/other.bin", "../data"} {
		if _, err := folder.Open(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := fs.ReadDir(tree.Folder(t.Context(), "nowhere", nil), "."); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
