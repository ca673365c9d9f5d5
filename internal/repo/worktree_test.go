package repo

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWorkingTree(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f, r := open(t)
	f.write(".gitignore", "*.log\n")
	f.write("data/new.json", "[9]")
	f.write("noise.log", "x")
	before := f.git("status", "--porcelain")
	commit, err := r.WorkingTree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := r.Tree(ctx, commit)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := tree.Read(ctx, "data/new.json", 100); err != nil || string(data) != "[9]" {
		t.Errorf("untracked file: %q, %v", data, err)
	}
	if _, found, err := tree.Lookup(ctx, "noise.log"); found || err != nil {
		t.Error("an ignored file was taken")
	}
	if after := f.git("status", "--porcelain"); after != before {
		t.Errorf("the index changed:\n%s\nwas\n%s", after, before)
	}
	if again, err := r.WorkingTree(ctx); err != nil || again != commit {
		t.Errorf("the same working tree gave %s and %s (%v)", commit, again, err)
	}
}

func TestNothingIsWrittenIntoTheRepository(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f, r := open(t)
	f.git("branch", "pr")
	f.git("config", "core.splitIndex", "true")
	f.write("data/main.json", "[3]")
	f.commit("main")
	f.write("model.bin", "new")
	list := func() (names []string) {
		err := filepath.WalkDir(filepath.Join(f.dir, ".git"), func(path string, _ fs.DirEntry, err error) error {
			names = append(names, path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	before := list()
	head, err := r.WorkingTree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range []string{head, "pr"} {
		if _, err := r.MergeTree(ctx, "main", head); err != nil {
			t.Fatal(err)
		}
	}
	if after := list(); !slices.Equal(before, after) {
		t.Errorf("written: %v", slices.DeleteFunc(after, func(name string) bool { return slices.Contains(before, name) }))
	}
}

func TestLargeUntrackedFilesAreLeftOut(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f, r := open(t)
	for name, size := range map[string]int64{
		"data/limit.bin": maxUntracked, "base/model.bin": maxUntracked + 1,
		":(top) *\n.bin": maxUntracked + 1, ":(top) small\n.bin": 1,
	} {
		f.write(name, "")
		if err := os.Truncate(filepath.Join(f.dir, name), size); err != nil {
			t.Fatal(err)
		}
	}
	commit, err := r.WorkingTree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if left := r.LeftOut(); !slices.Equal(left, []string{":(top) *\n.bin"}) {
		t.Errorf("left out: %q", left)
	}
	tree, err := r.Tree(ctx, commit)
	if err != nil {
		t.Fatal(err)
	}
	sizes := map[string]int64{}
	files, err := tree.Match(ctx, "**/*.bin")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		sizes[file.Path] = file.Size
	}
	if len(sizes) != 3 || sizes[":(top) small\n.bin"] != 1 || sizes["data/limit.bin"] != maxUntracked || sizes["base/model.bin"] != maxUntracked+1 {
		t.Errorf("taken: %v", sizes)
	}
}

func TestWorkingTreeErrors(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f, r := open(t)
	fixture{t, f.dir}.git("init", "-q", "nested")
	if _, err := r.WorkingTree(ctx); err == nil || !strings.Contains(err.Error(), "git add: ") {
		t.Errorf("a repository without a commit inside gave %v", err)
	}
	empty := fixture{t, t.TempDir()}
	empty.git("init", "-q")
	if _, err := empty.open().WorkingTree(ctx); err == nil || !strings.Contains(err.Error(), "commit something first") {
		t.Errorf("a repository without a commit gave %v", err)
	}
}
