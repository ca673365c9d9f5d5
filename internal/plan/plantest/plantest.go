// Package plantest makes a repository to plan on in tests. Its main branch has a
// config, a suite, a record, and a base model that says nothing sensible.
package plantest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tunegate/tunegate/internal/base/basetest"
	"github.com/tunegate/tunegate/internal/repo"
)

// The policy on main.
const (
	Config = `version: 1
name: demo
base: {model: ./base}
dataset: {sources: [{path: "data/*.json"}]}
train: {epochs: 2, lora: {r: 8}}
limits: {epochs: 3, lora_r: 16}
`
	Suite = `name: s
tests:
  - description: c
    turns: [{user: q, assert: [{type: equals, value: a}]}]
`
)

// Repository is a git repository in a temporary folder.
type Repository struct {
	*testing.T
	Dir string
}

// New is a repository whose main branch has config, suite, base and data.
func New(t *testing.T) Repository {
	t.Helper()
	f := Repository{t, t.TempDir()}
	f.Git("init", "-qb", "main")
	f.Write("tunegate.yaml", Config)
	f.Write("suites/s.suite.yaml", Suite)
	for name, text := range basetest.New().Files(t) {
		f.Write("base/"+name, text)
	}
	f.Write("data/a.json", `[{"question": "1 + 1?", "answer": "2"}]`)
	f.Commit("main")
	return f
}

// Git runs git in the repository.
func (f Repository) Git(args ...string) {
	f.Helper()
	cmd := exec.Command("git", append([]string{"-C", f.Dir, "-c", "user.name=a", "-c", "user.email=a@localhost"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		f.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// Write writes a file, which is not committed yet.
func (f Repository) Write(name, text string) {
	f.Helper()
	path := filepath.Join(f.Dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		f.Fatal(err)
	}
}

// Commit commits all that was written.
func (f Repository) Commit(message string) {
	f.Helper()
	f.Git("add", "-A")
	f.Git("commit", "-qm", message)
}

// Change makes a branch off main with the files.
func (f Repository) Change(branch string, files map[string]string) {
	f.Helper()
	f.Git("checkout", "-qb", branch, "main")
	for name, text := range files {
		f.Write(name, text)
	}
	f.Commit(branch)
}

// Open opens the repository as a command does.
func (f Repository) Open() *repo.Repo {
	f.Helper()
	r, err := repo.Open(f.Context(), f.Dir, "git", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + f.Dir})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = r.Close() })
	return r
}
