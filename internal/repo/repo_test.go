package repo

import (
	"context"
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
	// Nothing that packs in the background while the folder is removed.
	cmd := exec.Command("git", append([]string{"-c", "maintenance.auto=false", "-c", "gc.auto=0"}, args...)...)
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

// diverge makes a branch pr with a file of its own, and then main move on with another.
func (f fixture) diverge() {
	f.Helper()
	f.git("checkout", "-qb", "pr")
	f.write("data/pr.json", "[2]")
	f.commit("pr")
	f.git("checkout", "-q", "main")
	f.write("data/main.json", "[3]")
	f.commit("main")
}

func (f fixture) commit(message string) {
	f.Helper()
	f.git("add", "-A")
	f.git("commit", "-qm", message)
}

// open opens the repository as it is now, with a home folder that has no config.
func (f fixture) open() *Repo {
	f.Helper()
	r, err := Open(context.Background(), f.dir, "git", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + f.TempDir()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := r.Close(); err != nil {
			f.Error(err)
		}
	})
	return r
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
	return f, f.open()
}

func TestRefs(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, r := open(t)
	if branch, err := r.DefaultBranch(ctx); err != nil || branch != "refs/heads/main" {
		t.Errorf("default branch %q, %v", branch, err)
	}
	for _, ref := range []string{"nowhere", "--help", ""} {
		if sha, err := r.Commit(ctx, ref); err == nil {
			t.Errorf("%q resolved to %s", ref, sha)
		}
	}
	gone := strings.Repeat("0123456789", 4)
	if _, err := r.Commit(ctx, gone); err == nil || !strings.Contains(err.Error(), "(hint: fetch it with `git fetch origin "+gone+"`)") {
		t.Error(err)
	}
	if _, err := Open(ctx, t.TempDir(), "git", []string{"PATH=" + os.Getenv("PATH")}); err == nil || !strings.Contains(err.Error(), "is not in a git repository") {
		t.Errorf("a plain folder gave %v", err)
	}
}

// TestLayouts reads repositories whose objects lie elsewhere than in .git, or
// are no SHA-1 ones.
func TestLayouts(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T, format string) fixture {
		f := fixture{t, t.TempDir()}
		f.git("init", "-qb", "main", "--object-format="+format)
		f.git("config", "protocol.file.allow", "always")
		f.write("data/a.json", "[]")
		f.commit("first")
		f.diverge()
		return f
	}
	layouts := map[string]func(f fixture) fixture{
		"plain": func(f fixture) fixture { return f },
		"linked worktree": func(f fixture) fixture {
			f.git("worktree", "add", "-q", "--detach", "../"+filepath.Base(f.dir)+"-linked")
			f.dir += "-linked"
			return f
		},
		"folder inside": func(f fixture) fixture { f.dir += "/data"; return f },
		"relative alternates": func(f fixture) fixture {
			far := fixture{f.T, filepath.Join(f.TempDir(), "far")}
			f.git("clone", "-q", "--shared", ".", far.dir)
			relative, err := filepath.Rel(filepath.Join(far.dir, ".git/objects"), filepath.Join(f.dir, ".git/objects"))
			if err != nil {
				f.Fatal(err)
			}
			far.write(".git/objects/info/alternates", relative+"\n")
			far.git("branch", "-q", "pr", "origin/pr")
			return far
		},
		"submodule": func(f fixture) fixture {
			outer := fixture{f.T, f.TempDir()}
			outer.git("init", "-qb", "main")
			outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", f.dir, "inner")
			inner := fixture{f.T, filepath.Join(outer.dir, "inner")}
			inner.git("branch", "-q", "pr", "origin/pr")
			return inner
		},
		"shallow": func(f fixture) fixture {
			f.git("checkout", "-qb", "later", "main")
			f.write("data/later.json", "[4]")
			f.commit("later")
			f.git("checkout", "-q", "main")
			f.git("merge", "-q", "--no-edit", "pr")
			f.write("data/again.json", "[5]")
			f.commit("again")
			f.git("checkout", "-q", "-B", "pr")
			f.write("data/last.json", "[6]")
			f.commit("last")
			near := fixture{f.T, filepath.Join(f.TempDir(), "near")}
			f.git("clone", "-q", "--depth", "2", "--no-single-branch", "-b", "pr", "file://"+f.dir, near.dir)
			near.git("branch", "-q", "main", "origin/main")
			return near
		},
	}
	check := func(t *testing.T, f fixture) {
		ctx := context.Background()
		r := f.open()
		head, err := r.WorkingTree(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, head := range []string{"pr", head} {
			merged, err := r.MergeTree(ctx, "main", head)
			if err != nil {
				t.Fatal(err)
			}
			tree, err := r.Tree(ctx, merged)
			if err != nil {
				t.Fatal(err)
			}
			if data, err := tree.Read(ctx, "data/main.json", 100); err != nil || string(data) != "[3]" {
				t.Errorf("%s: read %q, %v", head, data, err)
			}
		}
	}
	for name, lay := range layouts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, lay(start(t, "sha1")))
		})
	}
	t.Run("sha256", func(t *testing.T) {
		t.Parallel()
		check(t, start(t, "sha256"))
	})
}

func TestCloseRemovesWhatWasWritten(t *testing.T) {
	t.Parallel()
	f, _ := open(t)
	r := f.open()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(r.scratch); !os.IsNotExist(err) {
		t.Errorf("%s is still there (%v)", r.scratch, err)
	}
}
