package repo

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		for _, file := range tree.Under(folder) {
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
	all := tree.Match("**")
	files, err := tree.Load(context.Background(), append(all, all...))
	if err != nil || len(files) != 8 || string(files[0].Data) != "weights" || string(files[7].Data) != "version: 1\n" {
		t.Errorf("loaded %+v, %v", files, err)
	}
	gone := all[0]
	gone.Blob = strings.Repeat("0", 40)
	other := all[0]
	other.Size++
	for want, files := range map[string][]File{
		`"base/model.bin": git answered "0000`:      {all[1], gone, all[2]},
		`7\n" for its content`:                      {other},
		`"x\ny" holds 1073741825 bytes`:             {{Path: "x\ny", Size: maxBlob + 1}},
		`3 files hold 2147483649 bytes together`:    {{Path: "x", Size: 1}, {Path: "y", Size: maxBlob}, {Path: "z", Size: maxBlob}},
		`the largest is "y" with 1073741824 (hint:`: {{Path: "x", Size: 1 << 29}, {Path: "y", Size: maxBlob}, {Path: "z", Size: 1<<29 + 1}},
	} {
		if _, err := tree.Load(context.Background(), files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
