package repo

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asARunDoes takes what a run takes of the repository: what would be wrong with it.
func asARunDoes(ctx context.Context, dir, head string) error {
	r, err := Open(ctx, dir, "git", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir})
	if err != nil {
		return err
	}
	defer r.Close()
	base, err := r.DefaultBranch(ctx)
	if err != nil {
		return err
	}
	merged, err := r.MergeTree(ctx, base, head)
	if err != nil {
		return err
	}
	tree, err := r.Tree(ctx, merged)
	if err != nil {
		return err
	}
	_, err = tree.Match(ctx, "**")
	return err
}

// checkout makes a clone as actions/checkout does: a fetch with these arguments, and
// a detached HEAD.
func checkout(f fixture, dir string, fetch ...string) {
	f.git("init", "-q", dir)
	clone := fixture{f.T, dir}
	clone.git("remote", "add", "origin", "file://"+f.dir)
	clone.git(append([]string{"fetch", "-q", "--no-recurse-submodules"}, fetch...)...)
	clone.git("checkout", "-q", "--force", "--detach", "FETCH_HEAD")
}

// Each clone that a run cannot use is named by its cause, with the command that
// fixes it: if it is one of git's, it is run, and the run goes on.
func TestWhatIsWrongWithAClone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		clone     func(f fixture, dir string)
		head      string
		says      string
		fix       []string // what the hint says, to be run in the clone
		stillSays string   // afterwards; empty: nothing is wrong anymore
	}{
		"partial": {
			clone: func(f fixture, dir string) {
				f.git("clone", "-q", "--filter=blob:none", "file://"+f.dir, dir)
			},
			head: "origin/pr", says: "this clone is partial, and objects that it leaves out are needed (hint: `git fetch --refetch --no-filter origin`",
			fix: []string{"fetch", "-q", "--refetch", "--no-filter", "origin"},
		},
		"shallow": {
			clone: func(f fixture, dir string) {
				f.git("clone", "-q", "--depth", "1", "--no-single-branch", "file://"+f.dir, dir)
			},
			head: "origin/pr", says: "git merge-tree: refusing to merge unrelated histories: this clone is shallow, and history that it leaves out is needed (hint: `git fetch --unshallow origin`; with actions/checkout, `fetch-depth: 0`)",
			fix: []string{"fetch", "-q", "--unshallow", "origin"},
		},
		"shallow, without the head": {
			clone: func(f fixture, dir string) { f.git("clone", "-q", "--depth", "1", "file://"+f.dir, dir) },
			head:  "v1", says: `no commit "v1" in `,
			fix: []string{"fetch", "-q", "--unshallow", "--tags", "origin"},
		},
		"actions/checkout's default": {
			clone: func(f fixture, dir string) {
				checkout(f, dir, "--depth=1", "--no-tags", "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge")
			},
			head: "refs/remotes/pull/7/merge", says: "has no default branch that git can tell: this clone is shallow, and history that it leaves out is needed (hint: `git fetch --unshallow origin`; with actions/checkout, `fetch-depth: 0`)",
			fix: []string{"fetch", "-q", "--unshallow", "origin"},
		},
		"actions/checkout's of all branches, without the pull request": {
			clone: func(f fixture, dir string) { checkout(f, dir, "origin", "+refs/heads/*:refs/remotes/origin/*") },
			head:  "refs/remotes/pull/7/merge", says: "(hint: fetch it with `git fetch origin +refs/pull/7/merge:refs/remotes/pull/7/merge`)",
			fix: []string{"fetch", "-q", "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge"},
		},
		"without a common commit": {
			clone: func(f fixture, dir string) {
				f.git("clone", "-q", "file://"+f.dir, dir)
				fixture{f.T, dir}.git("checkout", "-q", "--orphan", "other")
				fixture{f.T, dir}.commit("other")
			},
			head: "other", says: "refusing to merge unrelated histories: exit status 128 (hint: ",
			fix: []string{"status"}, stillSays: "unrelated histories",
		},
		"the default branch was renamed": {
			clone: func(f fixture, dir string) {
				f.git("clone", "-q", "file://"+f.dir, dir)
				f.git("branch", "-m", "main", "trunk")
				fixture{f.T, dir}.git("fetch", "-q", "--prune")
				fixture{f.T, dir}.git("checkout", "-q", "--detach")
			},
			head: "origin/pr", says: "origin's default branch was main, which is gone: it was renamed or deleted (hint: `git fetch origin && git remote set-head origin --auto`)",
			fix: []string{"remote", "set-head", "origin", "--auto"},
		},
		"bare": {
			clone: func(f fixture, dir string) { f.git("clone", "-q", "--bare", "file://"+f.dir, dir) },
			head:  "pr", says: "it's clone is a bare repository, and tunegate needs a working tree (hint: `git clone ",
			fix: []string{"log"}, stillSays: "bare repository",
		},
		"no repository": {
			clone: func(f fixture, dir string) {},
			head:  "pr", says: "no folder ",
			fix: []string{"version"}, stillSays: "no folder ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := fixture{t, t.TempDir()}
			f.git("init", "-qb", "main")
			f.git("config", "uploadpack.allowFilter", "true")
			f.write("data/a.json", "[]")
			f.commit("first")
			f.git("tag", "v1")
			f.diverge()
			f.git("checkout", "-q", "--detach")
			f.git("merge", "-q", "--no-ff", "-m", "merge", "pr")
			f.git("update-ref", "refs/pull/7/merge", "HEAD")
			f.git("checkout", "-q", "main")
			near := fixture{t, filepath.Join(t.TempDir(), "it's clone")}
			test.clone(f, near.dir)
			err := asARunDoes(t.Context(), near.dir, test.head)
			if err == nil || !strings.Contains(err.Error(), test.says) || !strings.HasSuffix(err.Error(), ")") {
				t.Fatalf("%v\nwant %s", err, test.says)
			}
			if test.stillSays != "" {
				return
			}
			near.git(test.fix...)
			if err := asARunDoes(t.Context(), near.dir, test.head); err != nil {
				t.Errorf("after git %v: %v", test.fix, err)
			}
		})
	}
}

// The repository of another user is read once git is told that it may.
func TestAnothersRepository(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("SKIPPED, so no repository of another user is opened: only root can give one away")
	}
	f, _ := open(t)
	f.git("branch", "pr")
	if err := exec.Command("chown", "-R", "1234:1234", f.dir).Run(); err != nil {
		t.Fatal(err)
	}
	ctx, env := t.Context(), []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	_, err := Open(ctx, f.dir, "git", env)
	command := "git config --global --add safe.directory " + f.dir
	if err == nil || !strings.Contains(err.Error(), f.dir+" belongs to another user, so git does not read it (hint: ") || !strings.Contains(err.Error(), "`"+command+"`") {
		t.Fatal(err)
	}
	told := exec.Command("sh", "-c", command)
	told.Env = env
	if out, err := told.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	r, err := Open(ctx, f.dir, "git", env)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
