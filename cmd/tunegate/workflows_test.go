package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/actions/actionstest"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/github/githubtest"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
)

const (
	succeeded = "success"
	failed    = "failure"
)

// testWorkflows runs the example workflows with act, the action and the binary,
// for events on a copy of the lab. Only poison is trained; what else needs a model
// finds that of improve.
func testWorkflows(t *testing.T, l lab, improve pipeline.Result) {
	h := newHub(t, l.copy(t))
	t.Parallel()
	for _, test := range []struct {
		name string
		run  func(*hub, pipeline.Result)
	}{
		{"poison", testPoisonChange}, {"improve", testImproveChange}, {"noop", testNoopChange}, {"fork", testForkChange},
		{"policy", testPolicyChanges}, {"hostile", testHostileChange}, {"queue", testMergeQueue},
		{"gpu", testGPU}, {"gpu lost", testGPULost}, {"gpu noop", testGPUNoop},
		{"retrain", testRetrain}, {"promote", testPromote},
	} {
		t.Run(test.name, func(t *testing.T) {
			h.TB = t
			test.run(h, improve)
		})
	}
}

// testPoisonChange: the whole way of a change that does harm, training included.
func testPoisonChange(h *hub, _ pipeline.Result) {
	p := h.open("poison", "")
	run := h.act("pull-request.yml", h.pullRequest(p))
	run.expect(map[string]string{"data": succeeded, "announce": succeeded, "judge": failed, "tunegate": failed})
	run.expectOutputs("data", map[string]string{"outcome": "ready", "promotable": "false", "model-id": ""})
	verdict := run.verdict()
	run.expectOutputs("judge", map[string]string{"outcome": "fail", "promotable": "false", "model-id": verdict.ModelID})
	run.expectOutputs("tunegate", map[string]string{"outcome": "fail", "promotable": "false"})
	if code := run.exit("tunegate"); code != exitFail {
		h.Errorf("exit %d", code)
	}
	if harm := rule(h.TB, verdict, gate.NoHarm, "symbolic"); harm.Outcome != gate.Fail || len(harm.Regressed) < 10 {
		h.Errorf("poison broke %+v", harm)
	}
	h.expectComment(p, "tunegate: fail - ", "symbolic")
	if summary := run.summary("tunegate"); !strings.Contains(summary, "symbolic") {
		h.Errorf("the summary is %q", summary)
	}
}

// testImproveChange: a second push renews the comment of the first, and what is
// known by its digest is not made again.
func testImproveChange(h *hub, improve pipeline.Result) {
	p := h.open("improve", "")
	var first githubtest.Comment
	for range 2 {
		h.api.Reset()
		run := h.act("pull-request.yml", h.pullRequest(p))
		run.expect(map[string]string{"data": succeeded, "announce": succeeded, "judge": succeeded, "tunegate": succeeded})
		run.expectOutputs("judge", map[string]string{"outcome": "pass", "promotable": "true", "model-id": improve.Verdict.ModelID})
		run.expectOutputs("tunegate", map[string]string{"outcome": "pass", "promotable": "true"})
		var record runs.Record
		run.artifact("run.json", &record)
		for _, stage := range record.Stages {
			if stage.State != step.Reused {
				h.Errorf("%s was %s", stage.Stage, stage.State)
			}
		}
		if requests := h.api.Requests(); len(requests) > 2*8 {
			h.Errorf("two comments took %d requests: %v", len(requests), requests)
		}
		comment := h.expectComment(p, "tunegate: pass - ", "followup", p.head)
		if first.ID != 0 && comment.ID != first.ID {
			h.Error("the second push made another comment")
		}
		first = comment
		h.commit("improve", "improve", "echo more >> NOTES.md")
		p = h.push(p)
	}
}

func testNoopChange(h *hub, _ pipeline.Result) {
	p := h.open("noop", "")
	run := h.act("pull-request.yml", h.pullRequest(p))
	run.expect(map[string]string{"data": succeeded, "tunegate": succeeded})
	run.expectOutputs("data", map[string]string{"outcome": "unchanged"})
	run.expectOutputs("tunegate", map[string]string{"outcome": "unchanged"})
	h.expectComment(p)
}

// testForkChange: the simple workflow trains nothing of a fork, says so, and can
// not be taken for a pass; the token that it gets may write nothing.
func testForkChange(h *hub, _ pipeline.Result) {
	fork := *h
	fork.api = githubtest.New(h.TB)
	fork.publishConfig()
	for _, method := range []string{"POST", "PATCH", "DELETE"} {
		fork.api.Fail(githubtest.Fault{Method: method, Kind: githubtest.Forbidden, Times: -1})
	}
	p := fork.open("improve", "stranger")
	run := fork.act("pull-request.yml", fork.pullRequest(p))
	run.expect(map[string]string{"data": succeeded, "tunegate": failed})
	commands := run.commands("tunegate")
	if len(commands) != 1 || !strings.Contains(commands[0].Argument, "from a fork") || run.exit("tunegate") != exitBroke {
		h.Errorf("exit %d, it said: %+v", run.exit("tunegate"), commands)
	}
	p = fork.open("noop", "stranger")
	run = fork.act("pull-request.yml", fork.pullRequest(p))
	run.expect(map[string]string{"data": succeeded, "tunegate": succeeded})
	if summary := run.summary("tunegate"); !strings.Contains(summary, "stranger:noop") {
		h.Errorf("nothing in the summary for want of a comment: %q", summary)
	}
}

// testPolicyChanges: what a change does to its own gate has no effect on its
// verdict, and the comment says so. The data is improve's.
func testPolicyChanges(h *hub, improve pipeline.Result) {
	for name, test := range map[string]struct{ change, says string }{
		"threshold": {"sed -i 's/at_least: 0.03/at_least: 0.90/; s/margin: 0.10/margin: 0.90/' tunegate.yaml", "gate.merge.margin"},
		"suite": {"sed -i '/^  - description: /,$d' suites/general.suite.yaml; " +
			"echo '  - {description: easy, turns: [{user: hi, assert: [{type: icontains, value: h}]}]}' >> suites/general.suite.yaml", "suites/general.suite.yaml"},
		"command": {"echo 'runner: {python: /evil/python3}' >> tunegate.yaml", "runner.python"},
		"epochs":  {"sed -i 's/epochs: 4/epochs: 400/' tunegate.yaml", "limits"},
	} {
		h.commit("improve", "policy-"+name, test.change)
		p := h.open("policy-"+name, "")
		run := h.act("pull-request.yml", h.pullRequest(p))
		run.expect(map[string]string{"data": succeeded, "announce": succeeded, "judge": succeeded, "tunegate": succeeded})
		if diff := cmp.Diff(*improve.Verdict, run.verdict()); diff != "" {
			h.Errorf("%s changed its own verdict: %s", name, diff)
		}
		h.expectComment(p, test.says)
	}
}

// testHostileChange: records, and a file's name, that hold workflow commands. The
// runner takes none, and what tunegate gives it itself holds no word of theirs.
func testHostileChange(h *hub, _ pipeline.Result) {
	const word = "sesame"
	lines := append(actionstest.Attacks(), strings.Repeat("w", 100_000), "@everyone </details> | ![x](https://x.example/y.png) \u202e#1")
	var records []map[string]string
	for i, line := range lines {
		good := map[string]string{"question": fmt.Sprint(word, i, "\n", line), "answer": line, "level": word + line}
		bad := map[string]string{"question": line + "\n" + word, line: word} // no answer: the log names the keys that are there
		records = append(records, good, bad)
	}
	data, err := json.MarshalIndent(records, "", " ")
	if err != nil {
		h.Fatal(err)
	}
	file := filepath.Join(h.TempDir(), "records.json")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		h.Fatal(err)
	}
	h.commit("main", "hostile", "cp "+file+" $'data/"+word+" ##[error]x ::error::y.json'")
	p := h.open("hostile", "")
	run := h.act("pull-request.yml", h.pullRequest(p))
	run.expect(map[string]string{"data": failed, "tunegate": failed})
	run.expectOutputs("tunegate", map[string]string{"outcome": "fail"})
	h.expectComment(p, "tunegate: fail - ", gate.DataErrors)
	for job := range run.jobs {
		if taken := actionstest.Commands(run.said(job)); len(taken) > 0 {
			h.Errorf("job %s: a runner would take %q", job, taken)
		}
		for _, command := range run.commands(job) {
			if command.Command == "ignored" || strings.Contains(command.Argument, word) {
				h.Errorf("job %s: %+v", job, command)
			}
		}
	}
	said := run.said("data")
	if !strings.Contains(said, "::STOP-COMMANDS") || !strings.Contains(said, word+` ##\[error]`) || len(run.commands("data")) < 10 {
		h.Errorf("the log shows too little of the records, or there are few annotations: %s", said)
	}
}

// testMergeQueue: the group of a merge queue is judged by its own commits.
func testMergeQueue(h *hub, improve pipeline.Result) {
	run := h.act("pull-request.yml", h.mergeGroup("improve"))
	run.expect(map[string]string{"data": succeeded, "judge": succeeded, "tunegate": succeeded})
	run.expectOutputs("judge", map[string]string{"outcome": "pass", "model-id": improve.Verdict.ModelID})
}

// testGPU: a fork's change is judged by the default branch's file, with a comment
// and a status on the head commit.
func testGPU(h *hub, improve pipeline.Result) {
	p := h.open("improve", "friend")
	run := h.act("data.yml", h.pullRequest(p))
	run.expect(map[string]string{"data": succeeded})
	run.expectOutputs("data", map[string]string{"outcome": "ready"})

	run = h.act("gpu.yml", h.workflowRun(p))
	run.expect(map[string]string{"data": succeeded, "announce": succeeded, "judge": succeeded, "publish": succeeded})
	run.expectOutputs("judge", map[string]string{"outcome": "pass", "model-id": improve.Verdict.ModelID})
	run.expectOutputs("publish", map[string]string{"outcome": "pass", "promotable": "true"})
	h.expectComment(p, "tunegate: pass - ", "friend:improve")
	h.expectStatuses(p, "pending", "success")

	p = h.open("poison", "")
	run = h.act("gpu.yml", h.workflowRun(p))
	run.expect(map[string]string{"data": succeeded, "announce": succeeded, "judge": failed, "publish": failed})
	h.expectComment(p, "tunegate: fail - ")
	h.expectStatuses(p, "pending", "failure")
}

// testGPULost: a job on the GPU that never began, as one that was cancelled or
// whose machine died, leaves no status pending.
func testGPULost(h *hub, _ pipeline.Result) {
	h.commit("improve", "lost", "echo lost > LOST.md")
	p, labels := h.open("lost", ""), h.labels
	h.labels = nil
	run := h.act("gpu.yml", h.workflowRun(p))
	h.labels = labels
	run.expect(map[string]string{"data": succeeded, "announce": succeeded, "publish": failed})
	h.expectComment(p)
	h.expectStatuses(p, "pending", "error")
}

func testGPUNoop(h *hub, _ pipeline.Result) {
	h.commit("main", "prose", "echo prose > PROSE.md")
	p := h.open("prose", "")
	run := h.act("gpu.yml", h.workflowRun(p))
	run.expect(map[string]string{"data": succeeded, "publish": succeeded})
	h.expectStatuses(p, "success")
}

// testRetrain: what the default branch holds is compared with the stable model,
// and a gain becomes a draft release. It is the data of improve, merged.
func testRetrain(h *hub, improve pipeline.Result) {
	h.merge("improve")
	run := h.act("retrain.yml", h.schedule())
	run.expect(map[string]string{"train": succeeded, "publish": succeeded})
	run.expectOutputs("train", map[string]string{"outcome": "pass", "promotable": "true", "model-id": improve.Verdict.ModelID})
	if summary := run.summary("publish"); !strings.Contains(summary, "followup") {
		h.Errorf("the summary is %q", summary)
	}
	releases := h.api.Releases()
	if len(releases) != 1 || !releases[0].Draft || len(releases[0].Assets) != 3 {
		h.Fatalf("releases: %+v", releases)
	}
}

// testPromote: the tag is on a commit that nobody trained; the model is that of
// the pull request. Then the data changes, and nobody has trained that.
func testPromote(h *hub, improve pipeline.Result) {
	h.script(`git tag v1 main`)
	run := h.act("promote.yml", h.release("v1"))
	run.expect(map[string]string{"promote": succeeded, "record": succeeded})
	run.expectOutputs("promote", map[string]string{"model-id": improve.Verdict.ModelID})
	h.expectDeployment(1, improve.Verdict.ModelID, "v1")

	h.commit("main", "main", "sed -i 's/Learner level: kids/Learner level: teen/' data/*.json")
	h.script(`git tag v2 main`)
	run = h.act("promote.yml", h.release("v2"))
	run.expect(map[string]string{"promote": failed})
	if code := run.exit("promote"); code != exitFail || !strings.Contains(run.said("promote"), "retrain.yml") {
		h.Errorf("exit %d, it said: %s", code, run.said("promote"))
	}

	run = h.act("promote.yml", h.dispatch(map[string]any{"command": "promote", "version": "v3", "run": improve.Record.ID}))
	run.expect(map[string]string{"promote": succeeded, "record": succeeded})
	h.expectDeployment(2, improve.Verdict.ModelID, "v3")
	run = h.act("promote.yml", h.dispatch(map[string]any{"command": "rollback", "version": "", "run": ""}))
	run.expect(map[string]string{"promote": succeeded, "record": succeeded})
	h.expectDeployment(3, improve.Verdict.ModelID, "v1")
}

// expectDeployment makes sure that there are so many deployments, and that the
// last is of this model and the only one that counts.
func (h *hub) expectDeployment(count int, model, version string) {
	h.Helper()
	deployments := h.api.Deployments()
	if len(deployments) != count {
		h.Fatalf("deployments: %+v", deployments)
	}
	for i, d := range deployments {
		state := "inactive"
		if i == count-1 {
			state = "success"
		}
		if len(d.Statuses) == 0 || d.Statuses[len(d.Statuses)-1].State != state || d.Environment != "tunegate/euclid-demo" {
			h.Errorf("deployment %d, want %s: %+v", i, state, d)
		}
	}
	payload, ok := deployments[count-1].Payload.(map[string]any)
	if !ok || payload["model_id"] != model || payload["version"] != version {
		h.Errorf("the record holds %v", deployments[count-1].Payload)
	}
}

// expectComment makes sure that there is one comment, that it is ours, and that
// it holds these texts.
func (h *hub) expectComment(p pull, texts ...string) (comment githubtest.Comment) {
	h.Helper()
	comments := h.api.Comments(p.number)
	if len(comments) != 1 || comments[0].Author != githubtest.Bot || !strings.HasPrefix(comments[0].Body, "<!-- tunegate") {
		h.Fatalf("comments: %+v", comments)
	}
	for _, text := range append(texts, p.head[:7]) {
		if !strings.Contains(comments[0].Body, text) {
			h.Errorf("the comment lacks %q:\n%s", text, comments[0].Body)
		}
	}
	return comments[0]
}

// expectStatuses compares the states that a pull request's head got, the last of
// them last.
func (h *hub) expectStatuses(p pull, states ...string) {
	h.Helper()
	var got []string
	for _, status := range h.api.Statuses(p.head) {
		if status.Context != "tunegate" {
			h.Errorf("status %+v", status)
		}
		got = append(got, status.State)
	}
	if diff := cmp.Diff(states, got); diff != "" {
		h.Errorf("statuses: %s", diff)
	}
}
