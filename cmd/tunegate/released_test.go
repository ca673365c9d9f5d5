package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/promote"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
)

// testReleased: a merge commit of an up-to-date branch, which nobody trained,
// makes the model stable that the branch's run made, once today's policy lets it;
// a commit with other data, or one that is not merged, makes none.
func testReleased(t *testing.T, l lab, improve pipeline.Result) {
	l = l.copy(t)
	l.git("tag", "old")
	l.git("merge", "-q", "--no-ff", "-m", "merge", "improve")
	l.git("tag", "first")
	l.asks("0.03", "0.99")
	if said := l.refused(exitFail, "promote", "v1", "--head", "first"); !strings.Contains(said, "promote.gain followup") {
		t.Errorf("with a gain that the policy of today does not take: %s", said)
	}
	var judged runs.Record
	readJSON(t, filepath.Join(l.repo, runs.CopyFolder, "run.json"), &judged)
	if judged.Event != "release" || judged.Lineage != improve.Record.Lineage || judged.Outcome != "pass" {
		t.Errorf("judged again: %+v", judged)
	}
	if _, err := os.Stat(filepath.Join(l.repo, runs.CopyFolder, promote.FileName)); err == nil {
		t.Error("the workspace tells of a promotion")
	}
	l.asks("0.99", "0.03")
	if said := l.refused(exitFail, "promote", "v1", "--head", "old"); !strings.Contains(said, "no run in this home made one") || !strings.Contains(said, "retrain.yml") {
		t.Errorf("other data: %s", said)
	}
	if said := l.refused(exitUsage, "promote", "v1", "--head", "poison"); !strings.Contains(said, "only merged commits are promoted") {
		t.Errorf("not merged: %s", said)
	}

	models := ollama.Models(machine.OllamaHome(l.home))
	if err := ollama.Remove(models, improve.Record.Candidate); err != nil { // as a clean does
		t.Fatal(err)
	}
	var one promote.Result
	l.result(&one, "promote", "v1", "--head", "first")
	if one.Stable != "v1" || one.ModelID != improve.Verdict.ModelID || one.Lineage != improve.Record.Lineage {
		t.Errorf("promote: %+v", one)
	}
	readJSON(t, filepath.Join(l.repo, runs.CopyFolder, "run.json"), &judged)
	if judged.ID != one.Run || judged.ID == improve.Record.ID || judged.Candidate != improve.Record.Candidate {
		t.Errorf("judged again: %+v", judged)
	}
	for _, stage := range judged.Stages {
		if stage.State != step.Reused {
			t.Errorf("%s was %s", stage.Stage, stage.State)
		}
	}
	if names, err := ollama.Stored(models); err != nil || !slices.ContainsFunc(names, func(s ollama.StoredTag) bool { return s.Tag == judged.Candidate }) {
		t.Errorf("the candidate was not made again: %+v, %v", names, err)
	}
	for _, name := range []string{"model-card.md", "provenance.json"} {
		if _, err := os.Stat(filepath.Join(l.repo, runs.CopyFolder, "report", name)); err != nil {
			t.Error(err)
		}
	}
	var left promote.Result
	readJSON(t, filepath.Join(l.repo, runs.CopyFolder, promote.FileName), &left)
	if left.Run != one.Run || left.Stable != "v1" {
		t.Errorf("left in the workspace: %+v", left)
	}
	var again, two promote.Result
	if l.result(&again, "promote", "v1", "--head", "first"); again.Changed || again.Run != one.Run {
		t.Errorf("once more: %+v", again)
	}
	if l.result(&two, "promote", "v2", "--head", "main"); two.Stable != "v2" || two.ModelID != one.ModelID || two.Run != one.Run {
		t.Errorf("the same data under another version: %+v", two)
	}
	l.refused(exitUsage, "promote", "v1", "--head", "old")
	l.result(&two, "rollback")
	readJSON(t, filepath.Join(l.repo, runs.CopyFolder, promote.FileName), &left)
	if left.Action != "rollback" || left.Stable != "v1" {
		t.Errorf("left in the workspace: %+v", left)
	}
}

// asks changes the gain that the policy of the default branch asks for.
func (l lab) asks(before, after string) {
	l.Helper()
	path := filepath.Join(l.repo, "tunegate.yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		l.Fatal(err)
	}
	changed := strings.Replace(string(data), "at_least: "+before, "at_least: "+after, 1)
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
		l.Fatal(err)
	}
	l.git("commit", "-qam", "a gain of "+after)
}

func (l lab) git(args ...string) {
	l.Helper()
	cmd := exec.Command("git", append([]string{"-C", l.repo, "-c", "user.name=a", "-c", "user.email=a@localhost"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		l.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// refused runs a command that is to end with the exit code, and gives what it
// says.
func (l lab) refused(code int, args ...string) string {
	l.Helper()
	cmd := l.command(args...)
	said := newWatcher("")
	cmd.Stderr = said
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != code {
		l.Errorf("tunegate %s: %v: %s", strings.Join(args, " "), err, said)
	}
	return said.String()
}
