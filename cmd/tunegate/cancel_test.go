package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// cancelWithin is how long a cancelled step may take. The runner would send its
// second signal after 7.5 s.
const cancelWithin = 6 * time.Second

// TestCancel cancels jobs at random moments of all stages, as a runner does: one
// process gets SIGINT. It must end in time with nothing left of it, say that it
// was cancelled, and the next run resumes where it stopped.
func TestCancel(t *testing.T) {
	t.Parallel()
	cancels, chain := 3, 3 // of the cancels so many follow each other without a whole run between them
	if os.Getenv("TUNEGATE_TEST_LONG") != "" {
		cancels, chain = 20, 1
	}
	l := newLab(t)
	l.shorten()
	fresh := filepath.Join(t.TempDir(), "fresh")
	copyFolder(t, l.home, fresh)
	undisturbed, code := l.judge("improve")
	if undisturbed.Verdict == nil {
		t.Fatalf("exit %d", code)
	}
	want, latest := outcomeOf(t, undisturbed), undisturbed.Record
	h := &hub{lab: l, origin: l.repo}
	change := h.pullRequest(pull{number: 7, branch: "improve", head: h.tip("improve")})

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	stages := workStages()
	first := random.IntN(len(stages) - chain + 1)
	for cancelled, missed := 0, 0; cancelled < cancels; {
		if err := os.RemoveAll(l.home); err != nil {
			t.Fatal(err)
		}
		copyFolder(t, fresh, l.home)
		for range chain {
			stage := stages[(first+cancelled)%len(stages)]
			if !l.cancelIn(change, stage, time.Duration(random.Float64()*float64(length(latest, stage)))) {
				if missed++; missed > cancels {
					t.Fatalf("%d runs were over before they could be cancelled", missed)
				}
				break
			}
			cancelled++
		}
		finished := l.finished()
		after, code := l.judge("improve", "--no-wait")
		if after.Verdict == nil {
			t.Fatalf("after %d cancels: exit %d and no verdict", cancelled, code)
		}
		latest = after.Record
		if diff := cmp.Diff(want, outcomeOf(t, after)); diff != "" {
			t.Errorf("after %d cancels, another outcome: %s", cancelled, diff)
		}
		for _, s := range latest.Stages {
			if finished[s.Key] && s.State != step.Reused {
				t.Errorf("%s is %s, though a cancelled run had done it", s.Stage, s.State)
			}
		}
	}
}

// cancelIn cancels a job so long after a stage began. It is false where the run
// was over by then, or had no need of the stage.
func (l lab) cancelIn(change event, stage step.Stage, after time.Duration) bool {
	l.Helper()
	s := l.step(change, string(stage)+": running")
	s.start()
	if s.log.await(l, s.ended) {
		time.Sleep(after)
	}
	if holders := processesOf(s.token); len(holders) > 1 {
		l.Errorf("%s: the token is known to %q", stage, holders)
	}
	took, ok := s.cancel()
	if !ok {
		return false
	}
	if left := s.left(); left != nil {
		l.Errorf("%s after %s: left running: %q", stage, after, left)
	}
	if code := s.cmd.ProcessState.ExitCode(); code != exitCancelled || took > cancelWithin {
		l.Errorf("%s after %s: exit %d within %s, want %d within %s:\n%s", stage, after, code, took, exitCancelled, cancelWithin, s.log)
	}
	l.Logf("%s after %s: over in %s", stage, after, took)
	s.expectCancelled()
	return true
}

// expectCancelled looks at what a cancelled step says of itself: in the home, in
// the workspace, which another job gets, and to the runner.
func (s *actionStep) expectCancelled() {
	s.Helper()
	records, err := runs.All(s.home)
	if err != nil || len(records) == 0 {
		s.Fatalf("no runs: %v", err)
	}
	if record := newest(records); record.State != step.Cancelled {
		s.Errorf("the run is %s", record.State)
	}
	told, err := pipeline.LoadReport(filepath.Join(s.workspace, runs.CopyFolder))
	if err != nil || told.State != report.Cancelled {
		s.Errorf("the workspace says %q, %v", told.State, err)
	}
	summary, err := os.ReadFile(s.summary)
	if err != nil || !strings.Contains(string(summary), "cancelled") {
		s.Errorf("the summary: %v\n%s", err, summary)
	}
	if outputs := s.outputs(); outputs["outcome"] != "" || outputs["promotable"] != "false" {
		s.Errorf("the outputs: %q", outputs)
	}
}

// finished are the results that the newest run of the home had.
func (l lab) finished() map[store.Key]bool {
	l.Helper()
	records, err := runs.All(l.home)
	if err != nil {
		l.Fatal(err)
	}
	keys := map[store.Key]bool{}
	for _, s := range newest(records).Stages {
		keys[s.Key] = s.State == step.Done || s.State == step.Reused
	}
	return keys
}

func newest(records []runs.Record) (latest runs.Record) {
	for _, record := range records {
		if record.Started.After(latest.Started) {
			latest = record
		}
	}
	return latest
}
