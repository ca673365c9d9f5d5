package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/tunegate/tunegate/internal/github/githubtest"
)

// event is what starts a workflow.
type event struct {
	name    string
	sha     string // GITHUB_SHA
	payload []byte
}

// values are parts of a payload by their path, such as pull_request.head.sha.
type values map[string]any

// event fills one of GitHub's own examples with what the test is about.
func (h *hub) event(name, sha, example string, set values) event {
	h.Helper()
	data, err := os.ReadFile(filepath.Join(project, "testdata", "github", "events", example+".json"))
	var payload map[string]any
	if err := errors.Join(err, json.Unmarshal(data, &payload)); err != nil {
		h.Fatal(err)
	}
	owner, short, _ := strings.Cut(githubtest.Repository, "/")
	h.fill(payload, values{
		"repository.full_name": githubtest.Repository, "repository.name": short, "repository.owner.login": owner,
		"repository.html_url": "https://github.com/" + githubtest.Repository, "repository.default_branch": "main",
	})
	h.fill(payload, set)
	if data, err = json.Marshal(payload); err != nil {
		h.Fatal(err)
	}
	return event{name, sha, data}
}

// fill sets parts of a payload; one that the example has not is a mistake.
func (h *hub) fill(payload map[string]any, set values) {
	h.Helper()
	for path, value := range set {
		object, keys := payload, strings.Split(path, ".")
		for _, key := range keys[:len(keys)-1] {
			inner, ok := object[key].(map[string]any)
			if !ok {
				h.Fatalf("the example has no %s", path)
			}
			object = inner
		}
		if _, ok := object[keys[len(keys)-1]]; !ok {
			h.Fatalf("the example has no %s", path)
		}
		object[keys[len(keys)-1]] = value
	}
}

// pullRequest is the event of a push to a pull request.
func (h *hub) pullRequest(p pull) event {
	h.Helper()
	merged := h.script(`git commit-tree "$(git merge-tree --write-tree main "$1")" -p main -p "$1" -m merge`, p.head)
	_, short, _ := strings.Cut(githubtest.Repository, "/")
	return h.event("pull_request", merged, "pull_request", values{
		"number": p.number, "pull_request.number": p.number, "pull_request.base.ref": "main", "pull_request.base.sha": h.tip("main"),
		"pull_request.base.repo.full_name": githubtest.Repository, "pull_request.base.repo.default_branch": "main",
		"pull_request.head.ref": p.branch, "pull_request.head.sha": p.head, "pull_request.head.label": p.owner() + ":" + p.branch,
		"pull_request.head.user.login": p.owner(), "pull_request.head.repo.owner.login": p.owner(),
		"pull_request.head.repo.full_name": p.owner() + "/" + short, "pull_request.head.repo.fork": p.fork != "",
	})
}

// changed is an event whose payload says something else at one place.
func (h *hub) changed(e event, before, after string) event {
	h.Helper()
	if bytes.Count(e.payload, []byte(before)) != 1 {
		h.Fatalf("the payload has not one %s", before)
	}
	e.payload = bytes.Replace(e.payload, []byte(before), []byte(after), 1)
	return e
}

// workflowRun is the event of the end of data.yml for a pull request.
func (h *hub) workflowRun(p pull) event {
	h.Helper()
	_, short, _ := strings.Cut(githubtest.Repository, "/")
	return h.event("workflow_run", h.tip("main"), "workflow_run", values{
		"workflow_run.event": "pull_request", "workflow_run.name": "tunegate data", "workflow_run.conclusion": "success", "workflow_run.pull_requests": []any{},
		"workflow_run.head_sha": p.head, "workflow_run.head_branch": p.branch,
		"workflow_run.head_repository.full_name": p.owner() + "/" + short, "workflow_run.head_repository.name": short,
		"workflow_run.head_repository.owner.login": p.owner(), "workflow_run.head_repository.fork": p.fork != "",
		"workflow_run.repository.full_name": githubtest.Repository, "workflow_run.repository.name": short,
	})
}

// mergeGroup is the event of a merge queue that would merge a branch next.
func (h *hub) mergeGroup(branch string) event {
	h.Helper()
	group := h.script(`git commit-tree "$(git merge-tree --write-tree main "$1")" -p main -p "$1" -m queued`, branch)
	return h.event("merge_group", group, "merge_group", values{
		"merge_group.head_sha": group, "merge_group.base_sha": h.tip("main"), "merge_group.base_ref": "refs/heads/main",
		"merge_group.head_ref": "refs/heads/gh-readonly-queue/main/pr-1-" + group,
	})
}

// schedule is the event of a point in time. GitHub has no example of it.
func (h *hub) schedule() event {
	h.Helper()
	e := h.event("schedule", h.tip("main"), "workflow_dispatch", nil)
	e.payload = append([]byte(`{"schedule": "17 2 * * 1",`), e.payload[1:]...)
	return e
}

// release is the event of a release's publication.
func (h *hub) release(tag string) event {
	h.Helper()
	return h.event("release", h.tip(tag), "release", values{"release.tag_name": tag, "release.name": tag, "release.target_commitish": "main"})
}

// dispatch is the event of somebody who starts a workflow by hand.
func (h *hub) dispatch(inputs map[string]any) event {
	h.Helper()
	return h.event("workflow_dispatch", h.tip("main"), "workflow_dispatch", values{"inputs": inputs, "ref": "refs/heads/main"})
}
