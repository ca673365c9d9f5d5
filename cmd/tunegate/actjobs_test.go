package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// puppet stands in for the binary: it says what it was asked for and what the
// artifact that it found was made by. Its data has this outcome.
const puppet = `#!/bin/bash
if [[ $1 == version ]]; then echo tunegate %s; exit; fi
echo "$INPUT_COMMAND found $(cat .tunegate/made 2>/dev/null || echo nothing)"
case $INPUT_COMMAND in dataset | run)
	mkdir -p .tunegate
	echo "$INPUT_COMMAND" >.tunegate/made
	echo "outcome=%s" >>"$GITHUB_OUTPUT" ;;
esac
`

// Which jobs run for an event, and what the last of them finds. Every run but the
// first is a later attempt: what the ones before it kept is still there.
func TestWorkflowJobs(t *testing.T) {
	t.Parallel()
	l := lab{TB: t, binary: filepath.Join(t.TempDir(), "tunegate"), repo: t.TempDir(), home: t.TempDir()}
	if out, err := exec.Command("bash", filepath.Join(project, "testdata", "demo", "make_repo.sh"), l.repo).CombinedOutput(); err != nil {
		t.Fatalf("make_repo.sh: %v\n%s", err, out)
	}
	h := newHub(t, l)
	h.kept = t.TempDir()
	p, gpu := h.open("improve", ""), h.labels
	push, ended := h.pullRequest(p), h.workflowRun(p)
	edited := func(changes string) event {
		return h.changed(push, `"action":"synchronize"`, `"action":"edited","changes":`+changes)
	}
	for _, test := range []struct {
		name, workflow string
		event          event
		outcome        string   // of the data
		machine        []string // labels of the machine with the GPU; nil: it is lost
		jobs           string
		finds          string // the last job; empty: it does not run
	}{
		{"push", "pull-request.yml", push, "ready", gpu, "data announce judge tunegate", "run"},
		{"lost", "pull-request.yml", push, "ready", nil, "data announce tunegate", "nothing"},
		{"no tuning data", "pull-request.yml", push, "unchanged", gpu, "data tunegate", "dataset"},
		{"new title", "pull-request.yml", edited(`{"title":{"from":"x"}}`), "ready", gpu, "data judge tunegate", "run"},
		{"new base", "pull-request.yml", edited(`{"base":{"ref":{"from":"x"}}}`), "ready", gpu, "data announce judge tunegate", "run"},
		{"gpu", "gpu.yml", ended, "ready", gpu, "data announce judge publish", "run"},
		{"gpu lost", "gpu.yml", ended, "ready", nil, "data announce publish", "nothing"},
		{"gpu, no tuning data", "gpu.yml", ended, "unchanged", gpu, "data publish", "dataset"},
		{"of that name, for a push", "gpu.yml", h.changed(ended, `"event":"pull_request"`, `"event":"push"`), "ready", gpu, "", ""},
		{"cancelled", "gpu.yml", h.changed(ended, `"conclusion":"success"`, `"conclusion":"cancelled"`), "ready", gpu, "publish", "nothing"},
		{"retrain", "retrain.yml", h.schedule(), "", gpu, "train publish", "run"},
		{"retrain by hand", "retrain.yml", h.dispatch(nil), "", gpu, "train publish", "run"},
		{"retrain of a branch", "retrain.yml", h.changed(h.dispatch(nil), `"ref":"refs/heads/main"`, `"ref":"refs/heads/improve"`), "", gpu, "", ""},
		{"a pre-release", "promote.yml", h.changed(h.release("main"), `"prerelease":false`, `"prerelease":true`), "", gpu, "", ""},
		{"retrain lost", "retrain.yml", h.schedule(), "", nil, "publish", "nothing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h.TB, h.labels = t, test.machine
			proctest.WriteFile(t, h.binary, fmt.Sprintf(puppet, version, test.outcome))
			run := h.act(test.workflow, test.event)
			jobs := map[string]string{}
			for _, job := range strings.Fields(test.jobs) {
				jobs[job] = succeeded
			}
			run.expect(jobs)
			if said := run.said(""); test.finds != "" && !strings.Contains(said, "publish found "+test.finds+"\n") {
				t.Errorf("no publish that found %s:\n%s", test.finds, said)
			}
			if said := run.said("announce"); jobs["announce"] != "" && !strings.Contains(said, "announce found dataset\n") {
				t.Errorf("announce said:\n%s", said)
			}
		})
	}
}
