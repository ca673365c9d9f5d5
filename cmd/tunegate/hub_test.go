package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/github/githubtest"
)

// hub is GitHub around a lab: a bare repository with the lab's branches, the REST
// API, and what act needs to run the workflows for its events.
type hub struct {
	lab
	api     *githubtest.Server
	actPath string
	dir     string   // home of the runner
	origin  string   // the bare repository
	env     []string // of the runner, beside what every run has
	labels  []string // of the machine with the GPU
	kept    string   // where artifacts of an earlier attempt are; empty: there is none
	runs    int
	pulls   int
}

func newHub(t testing.TB, l lab) *hub {
	t.Helper()
	l.TB = t
	h := &hub{lab: l, actPath: findAct(t), api: githubtest.New(t), dir: t.TempDir(), labels: []string{"self-hosted", "linux", "gpu"}}
	origins := filepath.Join(h.dir, "origins")
	h.origin = filepath.Join(origins, githubtest.Repository)
	for _, name := range actionFiles() {
		data, err := os.ReadFile(filepath.Join(project, name))
		target := filepath.Join(h.dir, "action", name)
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(target), 0o755), os.WriteFile(target, data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	workflows, err := initCommand{Workflows: []string{"data", "gpu", "pull-request", "retrain", "promote"}, Action: testAction}.workflows("")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range workflows {
		if err := os.WriteFile(filepath.Join(h.dir, path.Base(file.Path)), file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	settings := fmt.Sprintf("[url %q]\n\tinsteadOf = https://github.com/\n", origins+"/")
	if err := os.WriteFile(filepath.Join(h.dir, ".gitconfig"), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	h.script(`git clone -q --bare "$1" "$2"; git -C "$2" config uploadpack.allowAnySHA1InWant true`, l.repo, h.origin)
	h.publishConfig()
	return h
}

// script runs a script that must succeed, in the bare repository once that is
// there, and gives what it prints.
func (h *hub) script(text string, args ...string) string {
	h.Helper()
	cmd := exec.Command("bash", append([]string{"-euo", "pipefail", "-c", text, "bash"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@localhost", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@localhost")
	if _, err := os.Stat(h.origin); err == nil {
		cmd.Dir = h.origin
	}
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		h.Fatalf("%s: %v: %s", text, err, complaints.String())
	}
	return strings.TrimSpace(string(out))
}

// tip is the commit of a branch.
func (h *hub) tip(branch string) string {
	h.Helper()
	return h.script(`git rev-parse --verify "$1^{commit}"`, branch)
}

// publishConfig shows the default branch's config in the API.
func (h *hub) publishConfig() {
	h.Helper()
	text := []byte(h.script(`git show "main:$1"`, config.FileName) + "\n")
	h.api.SetFile("main", config.FileName, text)
	h.api.SetFile(h.tip("main"), config.FileName, text)
}

// commit commits what a script changes in a branch's tree, to that branch or a
// new one beside it.
func (h *hub) commit(from, to, change string) {
	h.Helper()
	h.script(`git worktree add -q --detach "$4" "$1"; cd "$4"; eval "$3"; git add -A; git commit -q -m "$2"
git push -q "$OLDPWD" "HEAD:refs/heads/$2"; cd "$OLDPWD"; git worktree remove --force "$4"`, from, to, change, filepath.Join(h.TempDir(), "tree"))
}

// merge merges a branch into the default branch, as the button does.
func (h *hub) merge(branch string) {
	h.Helper()
	h.script(`git update-ref refs/heads/main "$(git commit-tree "$(git merge-tree --write-tree main "$1")" -p main -p "$1" -m "merge $1")"`, branch)
	h.publishConfig()
}

// pull is a pull request.
type pull struct {
	number       int
	branch, head string
	fork         string // who owns the fork; empty: a branch of the repository
}

// open opens a pull request of a branch; of somebody's fork where there is an owner.
func (h *hub) open(branch, fork string) pull {
	h.Helper()
	h.pulls++
	p := pull{number: h.pulls, branch: branch, head: h.tip(branch), fork: fork}
	h.api.AddPull(githubtest.Pull{
		Number: p.number, HeadSHA: p.head, HeadRef: branch, HeadOwner: p.owner(), BaseRef: "main", BaseSHA: h.tip("main"), Author: p.owner(), Open: true,
	})
	return p
}

func (p pull) owner() string {
	owner, _, _ := strings.Cut(githubtest.Repository, "/")
	if p.fork != "" {
		owner = p.fork
	}
	return owner
}

// push moves a pull request to its branch's present tip.
func (h *hub) push(p pull) pull {
	h.Helper()
	p.head = h.tip(p.branch)
	h.api.SetHead(p.number, p.head)
	return p
}
