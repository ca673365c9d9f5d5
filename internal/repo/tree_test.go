package repo

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestExport(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, r := open(t)
	tree, err := r.Tree(ctx, "main")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "base")
	if err := tree.Export(ctx, "./base", dir); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "model.bin")); err != nil || string(data) != "weights" {
		t.Errorf("exported %q, %v", data, err)
	}
	if err := tree.Export(ctx, "nowhere", t.TempDir()); err == nil {
		t.Error("a folder that is not there was exported")
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, path string
		want          bool
	}{
		{"data/*.json", "data/a.json", true},
		{"./data/*.json", "data/a.json", true},
		{"data/*.json", "data/deep/a.json", false},
		{"data/**", "data/deep/a.json", true},
		{"data/**/a.json", "data/a.json", true},
		{"**/a.json", "data/deep/a.json", true},
		{"data/a.json", "data/b.json", false},
		{"data", "data/a.json", false},
		{"[", "[", false},
	}
	for _, test := range tests {
		if got := Match(test.pattern, test.path); got != test.want {
			t.Errorf("Match(%q, %q) = %v", test.pattern, test.path, got)
		}
	}
}

func TestUnderTakesNamesAsTheyAre(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f, r := open(t)
	for _, name := range []string{"m[1]/a", "m[1]/deep/b", "m1/c", "m[1]x", "*"} {
		f.write(name, name)
	}
	f.commit("odd names")
	tree, err := r.Tree(ctx, "main")
	if err != nil {
		t.Fatal(err)
	}
	for folder, want := range map[string]string{
		"./m[1]": "m[1]/a m[1]/deep/b", "m[1]/": "m[1]/a m[1]/deep/b", "*": "", "m[1]/a": "", "..": "", "m1": "m1/c",
		".": "* base/model.bin data/a.json data/deep/b.json m1/c m[1]/a m[1]/deep/b m[1]x tunegate.yaml",
	} {
		var names []string
		files, err := tree.Under(ctx, folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			names = append(names, file.Path)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("Under(%q) = %q, want %q", folder, got, want)
		}
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	_, r := open(t)
	tree, err := r.Tree(context.Background(), "main")
	if err != nil {
		t.Fatal(err)
	}
	all, err := tree.Match(context.Background(), "**")
	if err != nil {
		t.Fatal(err)
	}
	files, err := tree.Load(context.Background(), append(all, all...), 1000)
	if err != nil || len(files) != 8 || string(files[0].Data) != "weights" || string(files[7].Data) != "version: 1\n" {
		t.Errorf("loaded %+v, %v", files, err)
	}
	gone := all[0]
	gone.Blob = strings.Repeat("0", 40)
	other := all[0]
	other.Size++
	for want, files := range map[string][]File{
		`"base/model.bin": git answered "0000`: {all[1], gone, all[2]},
		`7\n" for its content`:                 {other},
		`"x\ny" holds 1001 bytes`:              {{Path: "x\ny", Size: 1001}},
		`2 files hold 1001 bytes together, more than 1000, and the largest is "y" with 1000 (hint:`: {{Path: "x", Size: 1}, {Path: "y", Size: 1000}},
	} {
		if _, err := tree.Load(context.Background(), files, 1000); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := tree.Read(context.Background(), "data/a.json", 1); err == nil || !strings.Contains(err.Error(), `"data/a.json" holds 2 bytes, more than 1 (hint: `) {
		t.Errorf("a file that is too large: %v", err)
	}
}

// Lookup and Match take names as they are, and folders for none.
func TestLookup(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f, r := open(t)
	for _, name := range []string{":(glob)x", "*", "[a]/b"} {
		f.write(name, name)
	}
	f.commit("odd names")
	tree, err := r.Tree(ctx, "main")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		":(glob)x": true, "*": true, "./[a]/b": true, "data/a.json": true, "data": false, "data/": false, "": false, ".": false,
		"..": false, "../data/a.json": false, "/data/a.json": false, "data/*.json": false, "base/../data/a.json": true,
	} {
		if file, found, err := tree.Lookup(ctx, name); found != want || err != nil {
			t.Errorf("Lookup(%q) = %+v, %v, %v", name, file, found, err)
		}
	}
	matched, err := tree.Match(ctx, "data/**", "data/a.json", "t*.yaml", "no/**")
	if err != nil || len(matched) != 3 || matched[0].Path != "data/a.json" || matched[2].Path != "tunegate.yaml" || matched[0].Size != 2 {
		t.Errorf("%+v, %v", matched, err)
	}
}

// grow commits a tree of so many files under a folder, which share one blob.
func (f fixture) grow(folder string, files int) {
	f.Helper()
	var tree strings.Builder
	blob := f.git("rev-parse", "HEAD:data/a.json")
	for i := range files {
		fmt.Fprintf(&tree, "100644 blob %s\tf%07d.json\n", blob, i)
	}
	mktree := exec.Command("git", "mktree")
	mktree.Dir, mktree.Stdin = f.dir, strings.NewReader(tree.String())
	id, err := mktree.Output()
	if err != nil {
		f.Fatal(err)
	}
	f.git("read-tree", "--prefix="+folder, strings.TrimSpace(string(id)))
	f.git("commit", "-qm", "many")
}

// A tree may have any number of paths: what is not asked for takes no memory, and of
// what is there is a bound.
func TestManyPaths(t *testing.T) { // alone, as it measures the heap
	const paths = 60_000
	ctx := context.Background()
	f, r := open(t)
	f.grow("many", paths)
	tree, err := r.Tree(ctx, "main")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Match(ctx, "many/*.json"); err == nil || !strings.Contains(err.Error(), "more than 10000 files (hint: ") {
		t.Errorf("too many: %v", err)
	}
	if _, err := tree.Under(ctx, "many"); err == nil || !strings.Contains(err.Error(), `"many": more than 10000 files`) {
		t.Errorf("too many: %v", err)
	}
	taken := proctest.Heap(func() {
		if files, err := tree.Match(ctx, "**/f0000001.json"); err != nil || len(files) != 1 {
			t.Errorf("%+v, %v", files, err)
		}
	})
	if most := int64(4 << 20); taken > most {
		t.Errorf("%d bytes of heap are in use for one of %d paths, more than %d", taken, paths, most)
	}
}
