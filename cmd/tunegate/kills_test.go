package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// TestKills kills tunegate alone, again and again, at random moments of all
// stages. Each time nothing of it may be left running 5 s later, and the next run
// must end as an undisturbed one does and leave nothing behind but its results.
func TestKills(t *testing.T) {
	t.Parallel()
	kills, chain := 10, 5 // of the kills so many follow each other without a whole run between them
	if os.Getenv("TUNEGATE_TEST_LONG") != "" {
		kills, chain = 60, 1
	}
	l := newLab(t)
	l.shorten()
	l.temporary = t.TempDir()
	fresh := filepath.Join(t.TempDir(), "fresh")
	copyFolder(t, l.home, fresh)
	began := time.Now()
	undisturbed, code := l.judge("improve")
	if undisturbed.Verdict == nil {
		t.Fatalf("exit %d", code)
	}
	want, whole := outcomeOf(t, undisturbed), time.Since(began)
	wantFiles := l.files(undisturbed)
	// What compares the server with the trainer is done once a base, and half of a
	// short run: only the kills of the preparation have it to do again.
	compared := filepath.Join("store", "agreement")
	copyFolder(t, filepath.Join(l.home, compared), filepath.Join(fresh, compared))

	seed := uint64(time.Now().UnixNano())
	t.Logf("an undisturbed run takes %s; seed %d", whole, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	stages := workStages()
	latest := undisturbed.Record
	for killed, missed := 0, 0; killed < kills; {
		if err := os.RemoveAll(l.home); err != nil {
			t.Fatal(err)
		}
		copyFolder(t, fresh, l.home)
		lengths := latest
		if next := slices.Index(stages, step.Prepare) - killed%len(stages); next >= 0 && next < chain {
			if err := os.RemoveAll(filepath.Join(l.home, compared)); err != nil {
				t.Fatal(err)
			}
			lengths = undisturbed.Record
		}
		for range chain {
			stage := stages[killed%len(stages)]
			if !l.killIn(stage, time.Duration(random.Float64()*float64(length(lengths, stage)))) {
				if missed++; missed > kills {
					t.Fatalf("%d runs were over before they could be killed", missed)
				}
				break
			}
			killed++
		}
		after, code := l.judge("improve")
		if after.Verdict == nil {
			t.Fatalf("after %d kills: exit %d and no verdict", killed, code)
		}
		latest = after.Record
		if diff := cmp.Diff(want, outcomeOf(t, after)); diff != "" {
			t.Errorf("after %d kills, another outcome: %s", killed, diff)
		}
		if diff := cmp.Diff(wantFiles, l.files(after)); diff != "" {
			t.Errorf("after %d kills, other bytes: %s", killed, diff)
		}
		l.expectNothingLeft(after)
	}
}

// workStages are those that take time.
func workStages() []step.Stage {
	return slices.DeleteFunc(step.Stages(), func(s step.Stage) bool { return s == step.Gate || s == step.Report })
}

// shorten makes of the demo's main branch one whose runs take seconds: fewer
// steps and cases, whose verdict does not matter.
func (l lab) shorten() {
	l.Helper()
	script := `set -e; cd "$1"
sed -i 's/epochs: 4/epochs: 0.25/; s/sanity_steps: 20/sanity_steps: 2/; s/num_predict: 96/num_predict: 24/' tunegate.yaml
sed -i '/^gate:/,$d' tunegate.yaml
rm suites/followup.suite.yaml suites/symbolic.suite.yaml
git -c user.name=a -c user.email=a@localhost commit -qam 'a short main branch'`
	if out, err := exec.Command("bash", "-c", script, "bash", l.repo).CombinedOutput(); err != nil {
		l.Fatalf("%v\n%s", err, out)
	}
}

// run runs a command that must succeed.
func (l lab) run(args ...string) {
	l.Helper()
	if err := l.command(args...).Run(); err != nil {
		l.Fatalf("%v: %v", args, err)
	}
}

// length is how long a stage took when its work was last done; of one with
// several parts, the last of them. A busy machine's first run takes several
// times as long as its next, so kills are timed by the latest.
func length(record runs.Record, stage step.Stage) (took time.Duration) {
	for _, s := range record.Stages {
		if s.Stage == stage {
			took = time.Duration(s.Seconds * float64(time.Second))
		}
	}
	return took
}

// killIn starts a run and kills tunegate alone so long after the stage began. It
// is false if the run was over by then, or had no need of the stage.
func (l lab) killIn(stage step.Stage, after time.Duration) bool {
	l.Helper()
	cmd := l.command("run", "--base", "main", "--head", "improve")
	output := newWatcher(string(stage) + ": running")
	cmd.Stderr = output
	if err := cmd.Start(); err != nil {
		l.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	running := true
	output.await(l, ended)
	select {
	case <-ended:
		running = false
	case <-time.After(after):
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
			running = false
		}
		<-ended
	}
	l.expectNothingRunning()
	return running
}

// files are the digests of what a run made, but for what tells times or the
// name of the run.
func (l lab) files(result pipeline.Result) map[string]string {
	l.Helper()
	entries, err := store.Open(filepath.Join(l.home, "store"), "").Entries()
	if err != nil {
		l.Fatal(err)
	}
	named := map[string]bool{
		"events.jsonl": true, "trainer.log": true, "result.json": true, "cases.jsonl": true, "spec.json": true,
		"model.json": true, "tag.json": true,
	}
	found := map[string]string{}
	for _, use := range result.Record.Uses {
		for _, entry := range entries {
			if entry.Manifest.Key != use.Key {
				continue
			}
			for _, file := range entry.Manifest.Files {
				if !named[filepath.Base(file.Path)] {
					found[use.Kind+"/"+use.Key.Short()+"/"+file.Path] = file.SHA256
				}
			}
		}
	}
	if len(found) == 0 {
		l.Fatal("the run made no files")
	}
	return found
}

// expectNothingLeft looks for what only a killed command leaves.
func (l lab) expectNothingLeft(result pipeline.Result) {
	l.Helper()
	for _, pattern := range []string{
		filepath.Join(l.temporary, "*"), filepath.Join(l.home, "store", "*", "*.partial"), filepath.Join(l.home, "store", "*", "*", ".*"),
		filepath.Join(l.home, "runs", "*", ".*"), filepath.Join(l.home, "runs", "*", "*", ".*"), filepath.Join(l.repo, ".tunegate.tmp"),
	} {
		if left, _ := filepath.Glob(pattern); left != nil {
			l.Errorf("left behind: %q", left)
		}
	}
	models := ollama.Models(machine.OllamaHome(l.home))
	stored, err := ollama.Stored(models)
	if err != nil {
		l.Fatal(err)
	}
	var tags []string
	for _, s := range stored {
		tags = append(tags, s.Tag)
	}
	slices.Sort(tags)
	if want := []string{"euclid-demo-base:latest", result.Record.Candidate}; !slices.Equal(slices.Sorted(slices.Values(want)), tags) {
		l.Errorf("the server has the tags %q, want %q", tags, want)
	}
	if _, blobs, err := ollama.Prune(models, true); err != nil || blobs != nil {
		l.Errorf("blobs that no tag has: %q, %v", blobs, err)
	}
	records, err := runs.All(l.home)
	if err != nil {
		l.Fatal(err)
	}
	for _, record := range records {
		if record.State == step.Running {
			l.Errorf("run %s is still said to be running", record.ID)
		}
	}
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
