package repo

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

type fixture struct {
	*testing.T
	dir string
}

func (f fixture) git(args ...string) string {
	f.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = f.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b.c", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b.c")
	out, err := cmd.CombinedOutput()
	if err != nil {
		f.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (f fixture) write(name, text string) {
	f.Helper()
	path := filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		f.Fatal(err)
	}
}

func (f fixture) commit(message string) {
	f.Helper()
	f.git("add", "-A")
	f.git("commit", "-qm", message)
}

func open(t *testing.T) (fixture, *Repo) {
	t.Helper()
	f := fixture{t, t.TempDir()}
	f.git("init", "-qb", "main")
	f.write("data/a.json", "[]")
	f.write("data/deep/b.json", "[1]")
	f.write("base/model.bin", "weights")
	f.write("tunegate.yaml", "version: 1\n")
	f.commit("first")
	r, err := Open(context.Background(), f.dir, "git", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return f, r
}

func TestMergeTreeReadsWhatMainWouldHold(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	f, r := open(t)
	f.git("checkout", "-qb", "pr")
	f.write("data/pr.json", "[2]")
	f.commit("pr")
	f.git("checkout", "-q", "main")
	f.write("data/main.json", "[3]")
	f.commit("main moved on")

	merged, err := r.MergeTree(ctx, "main", "pr")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := r.Tree(ctx, merged)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range tree.Match("data/**") {
		names = append(names, file.Path)
	}
	if got := strings.Join(names, " "); got != "data/a.json data/deep/b.json data/main.json data/pr.json" {
		t.Errorf("merged data: %s", got)
	}
	files, err := tree.Load(ctx, tree.Match("data/*.json"))
	if err != nil || len(files) != 3 || string(files[2].Data) != "[2]" {
		t.Errorf("loaded %+v, %v", files, err)
	}
	if _, err := tree.Read(ctx, "none.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file gave %v", err)
	}
	if status := f.git("status", "--porcelain"); status != "" {
		t.Errorf("the working tree changed: %s", status)
	}
}

func TestMergeConflictSaysRebase(t *testing.T) {
	t.Parallel()
	f, r := open(t)
	f.git("checkout", "-qb", "pr")
	f.write("data/a.json", "[2]")
	f.commit("pr")
	f.git("checkout", "-q", "main")
	f.write("data/a.json", "[3]")
	f.commit("main")
	_, err := r.MergeTree(context.Background(), "main", "pr")
	if !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "data/a.json") || !strings.Contains(err.Error(), "rebase") {
		t.Fatalf("got %v", err)
	}
}

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
	if data, err := tree.Read(ctx, "data/new.json"); err != nil || string(data) != "[9]" {
		t.Errorf("untracked file: %q, %v", data, err)
	}
	if _, found := tree.Lookup("noise.log"); found {
		t.Error("an ignored file was taken")
	}
	if after := f.git("status", "--porcelain"); after != before {
		t.Errorf("the index changed:\n%s\nwas\n%s", after, before)
	}
	if again, err := r.WorkingTree(ctx); err != nil || again != commit {
		t.Errorf("the same working tree gave %s and %s (%v)", commit, again, err)
	}
}

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

func TestRefs(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, r := open(t)
	if branch, err := r.DefaultBranch(ctx); err != nil || branch != "main" {
		t.Errorf("default branch %q, %v", branch, err)
	}
	for _, ref := range []string{"nowhere", "--help", ""} {
		if sha, err := r.Commit(ctx, ref); err == nil {
			t.Errorf("%q resolved to %s", ref, sha)
		}
	}
	if _, err := Open(ctx, t.TempDir(), "git", []string{"PATH=" + os.Getenv("PATH")}); err == nil || !strings.Contains(err.Error(), "no git repository") {
		t.Errorf("a plain folder gave %v", err)
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
