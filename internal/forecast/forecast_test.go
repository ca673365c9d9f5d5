package forecast

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/train"
)

func TestForecastOfAnEmptyHome(t *testing.T) {
	t.Parallel()
	o := newOutlook(t)
	f := o.ahead(Options{})
	if want := "dataset to do, prepare to do, train to do, export to do, register to do, eval to do"; states(f) != want {
		t.Errorf("got %s", states(f))
	}
	if f.Seconds != nil || f.Rows.Lines != 3 || f.Training.Steps != 2 || f.Asked.Cases != 1 {
		t.Errorf("%+v, %+v, %+v", f, f.Training, f.Asked)
	}
	// 41 characters of rows twice, at 4 a token; 2 epochs of 1 step.
	if f.Training.CharactersPerToken != 4 || f.Training.Tokens == 0 || f.Memory.TrainBytes < 4e9 || f.DiskBytes == 0 {
		t.Errorf("%+v, %+v, %d", f.Training, f.Memory, f.DiskBytes)
	}
	if text := strings.Join(f.Notes, "; "); !strings.Contains(text, "tunegate setup") {
		t.Errorf("notes %q", text)
	}
	if _, err := os.Stat(o.machine.Home); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the home was made: %v", err)
	}
}

func TestForecastOfARunThatWasDone(t *testing.T) {
	t.Parallel()
	o := newOutlook(t)
	o.done(step.Report)
	before := tree(t, o.machine.Home)
	f := o.ahead(Options{})
	if want := "dataset kept, prepare kept, train kept, export kept, register kept, eval kept"; states(f) != want {
		t.Errorf("got %s", states(f))
	}
	if f.Seconds == nil || *f.Seconds != 0 || f.DiskBytes != 0 || f.Memory != (report.PlannedMemory{}) || f.Training.Tokens != 60 {
		t.Errorf("%+v", f)
	}
	if after := tree(t, o.machine.Home); after != before {
		t.Errorf("the home was changed:\n%s\n%s", before, after)
	}
	if left, err := os.ReadDir(o.machine.TempDir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// tree lists a folder's files with their times.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		fmt.Fprintln(&all, path, info.Size(), info.ModTime())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestForecastOfForcedStages(t *testing.T) {
	t.Parallel()
	o := newOutlook(t)
	o.done(step.Report)
	for force, want := range map[step.Stage]string{
		step.Train: "dataset kept, prepare kept, train to do, export to do, register to do, eval part",
		step.Eval:  "dataset kept, prepare kept, train kept, export kept, register kept, eval to do",
	} {
		if f := o.ahead(Options{Force: force}); states(f) != want {
			t.Errorf("%s forced: %s", force, states(f))
		}
	}
}

// One more row: every estimate comes from the earlier run.
func TestForecastFromEarlierRuns(t *testing.T) {
	t.Parallel()
	o := newOutlook(t)
	o.done(step.Report)
	o.Change("more", map[string]string{"data/c.json": `[{"question": "5 + 5 + 5?", "answer": "It is 15."}]`})
	f := o.aheadOf("more", Options{})
	if want := "dataset to do, prepare kept, train to do, export to do, register to do, eval part"; states(f) != want {
		t.Fatalf("got %s", states(f))
	}
	got := map[string]float64{}
	for _, stage := range f.Stages {
		if stage.Seconds != nil {
			got[stage.Name] = *stage.Seconds
		}
	}
	// The kept training: 60 tokens in 6 of its 10 seconds.
	if want := 4 + float64(f.Training.Tokens)/10; got["train"] != want || got["export"] != 3 || got["register"] != 3 || got["eval"] != 2 {
		t.Errorf("got %v, want %g to train", got, want)
	}
	if f.Seconds == nil || *f.Seconds < got["train"]+8 || f.Memory.TrainBytes != 5e8 {
		t.Errorf("%v in all, %+v", f.Seconds, f.Memory)
	}
	if f.Training.CharactersPerToken == 4 || !strings.Contains(f.Training.From, "1 earlier training") {
		t.Errorf("%+v", f.Training)
	}
}

// The sanity run counts: in the steps, and in the time by its share of the steps.
func TestForecastCountsTheSanityRun(t *testing.T) {
	t.Parallel()
	o := newOutlook(t)
	o.Git("checkout", "-q", "main")
	text, err := os.ReadFile(filepath.Join(o.Dir, "tunegate.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	o.Write("tunegate.yaml", string(text)+"eval: {sanity_prompts: sanity.yaml}\n")
	o.Write("sanity.yaml", "prompts: [{user: hi}]\n")
	o.Commit("sanity prompts")
	at := o.done(step.Report)
	o.Change("more", map[string]string{"data/c.json": `[{"question": "5 + 5 + 5?", "answer": "It is 15."}]`})
	f := o.aheadOf("more", Options{})
	// The kept training: 2 steps in 6 of its 10 seconds, and 1 step before.
	tokens := float64(f.Training.Tokens)
	if stage, want := f.Stages[2], 1+tokens*3/2/10; *stage.Seconds != want || f.Training.SanitySteps != 1 || !strings.Contains(stage.Detail, "2 steps of 16 rows, after a sanity run of 1 step, about") {
		t.Errorf("%g seconds, want %g; %+v, %s", *stage.Seconds, want, f.Training, stage.Detail)
	}
	// It is done if the full run has a checkpoint.
	o.half(at[step.Train], filepath.Join("checkpoints", "checkpoint-1", "trainer_state.json"), "")
	other := at[step.Train]
	other.Key = store.Digest("other")
	putResult(o, other, train.Result{Steps: 2, Tokens: 60, Seconds: 6, TrainRows: 3}, 10, nil)
	f = o.ahead(Options{})
	if stage, want := f.Stages[2], 1+float64(f.Training.Tokens)/2/10; *stage.Seconds != want {
		t.Errorf("half done: %g seconds, want %g", *stage.Seconds, want)
	}
}

func TestForecastOfWhatIsHalfDone(t *testing.T) {
	t.Parallel()
	o := newOutlook(t)
	at := o.done(step.Report)
	whole := o.ahead(Options{Force: step.Train}).Training.Tokens
	o.half(at[step.Train], filepath.Join("checkpoints", "checkpoint-1", "trainer_state.json"), "")
	o.half(at[step.Train], filepath.Join("checkpoints", "checkpoint-2", "adapter.bin"), "cut off before its state")
	// Another training of this base, to estimate the time from.
	other := at[step.Train]
	other.Key = store.Digest("other")
	putResult(o, other, train.Result{Steps: 2, Tokens: 60, Seconds: 6, TrainRows: 3}, 10, nil)
	f := o.ahead(Options{})
	if want := "dataset kept, prepare kept, train part, export to do, register to do, eval part"; states(f) != want {
		t.Fatalf("got %s", states(f))
	}
	if stage := f.Stages[2]; *stage.Seconds != 4+float64(whole)/2/10 || !strings.Contains(stage.Detail, "; 1 already done") {
		t.Errorf("%+v, %d tokens", stage, whole)
	}
}

func TestForecastTakesUpAnEvaluation(t *testing.T) {
	t.Parallel()
	o := newOutlook(t)
	at := o.done(step.Report)
	o.half(at[step.Eval], eval.CasesFile, caseLine+`{"suite": "s"`)
	f := o.ahead(Options{})
	if stage := f.Stages[5]; stage.State != report.Part || !strings.HasSuffix(stage.Detail, "baseline reused, candidate 0 cases to evaluate") {
		t.Errorf("%+v", stage)
	}
}

func TestForecastKnowsTheBaseline(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		chosen string
		stable string // model_id of the promoted version; empty: none
		want   string
	}{
		"nothing promoted":        {"stable", "", "baseline reused"},
		"promoted and asked":      {"stable", modelID(candidateGGUF), "baseline reused"},
		"promoted, not asked yet": {"stable", "other", "baseline 1 case to evaluate"},
		"the base, as told":       {"base", "other", "baseline reused"},
		"a tag of the server":     {"tutor:v2", "", "baseline 1 case to evaluate"},
	}
	for name, test := range tests {
		o := newOutlook(t)
		o.Git("checkout", "-q", "main")
		text, err := os.ReadFile(filepath.Join(o.Dir, "tunegate.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		o.Write("tunegate.yaml", string(text)+"eval: {baseline: \""+test.chosen+"\"}\n")
		o.Commit("baseline")
		o.done(step.Report)
		if test.stable != "" {
			err := ledger.Append(o.machine.Home, ledger.Entry{
				Action: ledger.Promote, Name: "demo", Version: "v1", Tag: "demo-lora-v1", ModelID: test.stable, GGUFSHA256: "x",
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if stages := o.ahead(Options{}).Stages; !strings.Contains(stages[5].Detail, ": "+test.want+",") {
			t.Errorf("%s: %q", name, stages[5].Detail)
		}
	}
}

func TestForecastEndsEarly(t *testing.T) {
	t.Parallel()
	o := newOutlook(t)
	o.Change("broken", map[string]string{"data/b.json": `[{"question": `})
	o.Change("docs", map[string]string{"README.md": "x"})
	tests := map[string]struct {
		head    string
		options Options
		want    string
	}{
		"new errors":        {"broken", Options{}, "1 new error"},
		"nothing new":       {"docs", Options{}, "match main"},
		"until the dataset": {"data", Options{Until: step.Dataset}, ""},
	}
	for name, test := range tests {
		f := o.aheadOf(test.head, test.options)
		if !strings.Contains(f.Ends, test.want) || (test.want == "") != (f.Ends == "") || len(f.Stages) != 1 || len(f.Effects) != 2 {
			t.Errorf("%s: %q, %s, %d effects", name, f.Ends, states(f), len(f.Effects))
		}
	}
}

func TestForecastTakesTheNoiseOfEarlierVerdicts(t *testing.T) {
	t.Parallel()
	o := newOutlook(t)
	if f := o.ahead(Options{}); f.Effects[0].Noise != gate.DefaultNoise || !strings.HasPrefix(f.NoiseFrom, "assuming") {
		t.Errorf("%+v, %q", f.Effects, f.NoiseFrom)
	}
	for i, rule := range []gate.Rule{
		{Rule: gate.NoHarm, Suite: "s", N: 40, Regressed: []string{"a"}, Fixed: []string{"b", "c"}},
		{Rule: gate.NoHarm, Suite: "s", N: 60, Regressed: []string{"a"}},
		{Rule: gate.NoHarm, Suite: "s", N: 60, Regressed: []string{"a"}}, // the same run once more
	} {
		id := fmt.Sprint("2026010", i)
		dir := runs.Folder(o.machine.Home, id)
		if err := os.MkdirAll(filepath.Join(dir, string(step.Gate)), 0o755); err != nil {
			t.Fatal(err)
		}
		verdict := gate.Verdict{Schema: 1, ModelID: "m", Outcome: gate.Pass, Rules: []gate.Rule{rule}}
		record := runs.Record{ID: id, Outcome: "pass", Repository: o.repo.Root(), Stages: []runs.StageRun{
			{Stage: step.Eval, Key: "of the base", State: step.Reused},
			{Stage: step.Eval, Key: store.NewKey("eval", len(rule.Fixed)), State: step.Done},
		}}
		if err := errors.Join(record.Save(dir), verdict.Save(filepath.Join(dir, string(step.Gate), "verdict.json"))); err != nil {
			t.Fatal(err)
		}
	}
	if f := o.ahead(Options{}); f.Effects[0].Noise != 0.02 || !strings.Contains(f.NoiseFrom, "2 earlier verdicts") {
		t.Errorf("%+v, %q", f.Effects, f.NoiseFrom)
	}
}
