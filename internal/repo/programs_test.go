package repo

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// No program that a repository's config or hooks name runs, whatever is read:
// only a filter does, which `git add` is documented to run.
func TestNoProgramOfTheRepositoryRuns(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	f, _ := open(t)
	f.git("branch", "pr")
	f.write("data/main.json", "[3]")
	f.commit("main")
	near := fixture{t, filepath.Join(t.TempDir(), "near")}
	f.git("config", "uploadpack.allowFilter", "true")
	f.git("clone", "-q", "--filter=blob:none", "--no-checkout", "file://"+f.dir, near.dir)
	near.git("branch", "-q", "pr", "origin/pr")

	ran := filepath.Join(t.TempDir(), "ran")
	program := filepath.Join(t.TempDir(), "program")
	script := "#!/bin/sh\necho \"$0 $*\" >>" + ran + "\n"
	hooks := []string{"post-index-change", "reference-transaction", "pre-commit", "fsmonitor-watchman", "post-checkout"}
	for _, path := range append([]string{program}, paths(filepath.Join(near.dir, ".git", "hooks"), hooks)...) {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range map[string]string{
		"core.fsmonitor": program, "core.sshCommand": program, "core.gitProxy": program, "core.alternateRefsCommand": program,
		"core.pager": program, "core.editor": program, "core.askPass": program, "diff.external": program, "gpg.program": program,
		"commit.gpgSign": "true", "credential.helper": "!" + program, "merge.union.driver": program,
		"protocol.ext.allow": "always", "protocol.file.allow": "always",
		"remote.origin.url": "ext::" + program, "remote.origin.uploadpack": program,
	} {
		near.git("config", key, value)
	}
	r := near.open()
	// As a git does that does not know this one yet.
	r.env = slices.DeleteFunc(r.env, func(entry string) bool { return strings.HasPrefix(entry, "GIT_NO_LAZY_FETCH=") })
	if _, err := r.MergeTree(ctx, "main", "pr"); err != nil {
		t.Error(err)
	}
	tree, err := r.Tree(ctx, "main")
	if err != nil {
		t.Fatal(err)
	}
	if files, err := tree.Match(ctx, "**"); err == nil {
		t.Errorf("a blob that is not here was read: %v", files)
	}
	near.write("data/new.json", "[4]")
	if _, err := r.WorkingTree(ctx); err != nil {
		t.Error(err)
	}
	if _, err := r.Contains(ctx, "main", "pr"); err != nil {
		t.Error(err)
	}
	if _, err := r.NewestCommit(ctx); err != nil {
		t.Error(err)
	}
	if log, err := os.ReadFile(ran); err == nil {
		t.Errorf("programs ran:\n%s", log)
	}
}

func paths(dir string, names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, filepath.Join(dir, name))
	}
	return all
}

// Files that a pull request may bring look like a bare repository, whose config
// names programs.
func TestEmbeddedRepositoryIsNoRepository(t *testing.T) {
	t.Parallel()
	ran := filepath.Join(t.TempDir(), "ran")
	f, _ := open(t)
	f.write("data/HEAD", "ref: refs/heads/main\n")
	f.write("data/config", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = "+f.dir+
		"/data\n[filter \"x\"]\n\tclean = touch "+ran+"\n")
	f.write("data/objects/.keep", "")
	f.write("data/refs/heads/main", f.git("rev-parse", "HEAD")+"\n")
	f.write("data/.gitattributes", "*.json filter=x\n")
	r, err := Open(t.Context(), filepath.Join(f.dir, "data"), "git", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()})
	if err == nil {
		_, err = r.WorkingTree(t.Context())
		t.Errorf("opened at %s; its working tree gave %v", r.Root(), err)
		_ = r.Close()
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a program of it ran")
	}
}
