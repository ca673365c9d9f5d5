package plan

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/plan/plantest"
	"github.com/tunegate/tunegate/internal/repo"
)

type fixture struct{ plantest.Repository }

func newFixture(t *testing.T) fixture { return fixture{plantest.New(t)} }

func (f fixture) plan(base, head string) (*Plan, error) {
	f.Helper()
	return New(f.Context(), f.Open(), "tunegate.yaml", Refs{Base: base, Head: head})
}

func (f fixture) must(base, head string) *Plan {
	f.Helper()
	p, err := f.plan(base, head)
	if err != nil {
		f.Fatal(err)
	}
	return p
}

func TestLineageIsOfWhatMainWouldHold(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Change("docs", map[string]string{"README.md": "x"})
	f.Change("data", map[string]string{"data/b.json": "[]"})
	if p := f.must("main", "docs"); p.Lineage != p.BaseLineage {
		t.Error("a change of no data has a lineage of its own")
	}
	before := f.must("main", "data")
	if before.Lineage == before.BaseLineage {
		t.Error("a change of data has main's lineage")
	}
	f.Git("checkout", "-q", "main")
	f.Git("merge", "-q", "--no-ff", "-m", "merge", "data")
	if after := f.must("main", "main"); after.Lineage != before.Lineage {
		t.Error("the merge commit's lineage is not the pull request's")
	}
}

func TestPolicyComesFromTheBase(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		config string
		epochs float64
		note   string
	}{
		"train values inside the limits": {strings.Replace(plantest.Config, "epochs: 2", "epochs: 3", 1), 3, "this change sets train.epochs 3 instead of 2"},
		"beyond the limits":              {strings.Replace(plantest.Config, "epochs: 2", "epochs: 9", 1), 2, "epochs 9, limit 3"},
		"a longer sanity run":            {strings.Replace(plantest.Config, "epochs: 2", "epochs: 2, sanity_steps: 900", 1), 2, "a sanity run of 14400 rows (sanity_steps times batch), limit 320"},
		"what costs no more":             {strings.Replace(plantest.Config, "epochs: 2", "epochs: 2, learning_rate: 0.0002, micro_batch_size: 2", 1), 2, "this change sets train.learning_rate 0.0002 instead of unset, train.micro_batch_size 2 instead of unset"},
		"the default, written out":       {strings.Replace(plantest.Config, "epochs: 2", "epochs: 2, sequence_len: 4096", 1), 2, ""},
		"raised limits":                  {strings.NewReplacer("epochs: 2", "epochs: 9", "limits: {epochs: 3", "limits: {epochs: 9").Replace(plantest.Config), 2, "limit 3"},
		"another margin":                 {plantest.Config + "gate: {merge: {margin: 0.9}}\n", 2, "gate.merge.margin would be set to 0.9"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.Change("pr", map[string]string{"tunegate.yaml": test.config, "suites/s.suite.yaml": strings.Replace(plantest.Suite, "value: a", "value: b", 1)})
			p := f.must("main", "pr")
			if p.Config.Train.Epochs != test.epochs || p.Config.Gate.Merge.Margin != 0.10 {
				t.Errorf("epochs %v, margin %v", p.Config.Train.Epochs, p.Config.Gate.Merge.Margin)
			}
			if notes := strings.Join(p.Notes, "\n"); !strings.Contains(notes, test.note) || !strings.Contains(notes, "suites/s.suite.yaml would be changed") || test.note == "" && len(p.Notes) != 2 || strings.Contains(notes, "limits (") != strings.Contains(test.note, "limit ") {
				t.Errorf("notes %q, want %q", notes, test.note)
			}
			if got := p.Suites[0].Cases[0].Turns[0].Asserts[0].Values[0]; got != "a" {
				t.Errorf("the pull request's own suite was taken: %q", got)
			}
		})
	}
}

// What decides is named, however many files a change adds.
func TestALoweredThresholdIsToldFirst(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	files := map[string]string{"tunegate.yaml": plantest.Config + "gate: {merge: {margin: 0.9}}\n"}
	for name := range strings.SplitSeq("a b c d e f g h", " ") {
		files["suites/"+name+".suite.yaml"] = strings.Replace(plantest.Suite, "name: s", "name: "+name, 1)
	}
	f.Change("pr", files)
	notes := f.must("main", "pr").Notes
	if len(notes) != 2+maxNoted || !strings.Contains(notes[1], "gate.merge.margin would be set to 0.9") || notes[1+maxNoted] != "and 2 more changes of the policy" {
		t.Errorf("%q", notes)
	}
}

// A change whose head is the base tip itself, such as a merge of main into
// another branch, starts no retraining.
func TestAChangeThatIsTheBaseTip(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r, err := repo.Open(f.Context(), f.Dir, "git", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + f.Dir})
	if err != nil {
		f.Fatal(err)
	}
	defer r.Close()
	for change, retrains := range map[bool]bool{true: false, false: true} {
		p, err := New(f.Context(), r, "tunegate.yaml", Refs{Base: "main", Head: "main", Change: change})
		if err != nil || p.Retrains != retrains || p.Lineage != p.BaseLineage {
			t.Errorf("change %v: retrains %v, %v", change, p.Retrains, err)
		}
	}
}

func TestBrokenPolicyOfTheHead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change map[string]string
		says   string
	}{
		"suite": {
			map[string]string{"suites/s.suite.yaml": strings.Replace(plantest.Suite, "equals", "eqals", 1)},
			"the head's suites/s.suite.yaml:4",
		},
		"rule of an unknown suite": {
			map[string]string{"tunegate.yaml": plantest.Config + "gate: {merge: {no_harm: [t]}}\n"},
			"the head's `gate` names the suite \"t\", but no suite file has that name",
		},
		"two suites": {
			map[string]string{
				"suites/s.suite.yaml": strings.Replace(plantest.Suite, "equals", "eqals", 1), "suites/t.suite.yaml": strings.Replace(plantest.Suite, "equals", "equal", 1),
			},
			"the head's suites/t.suite.yaml:4",
		},
		"no records": {
			map[string]string{"tunegate.yaml": strings.Replace(plantest.Config, "data/*", "rows/*", 1)},
			"the head's tunegate.yaml: `dataset.sources` match no file of main after the merge, so there is nothing to train on (hint: commit record files, ",
		},
		"no records of an optional source": {
			map[string]string{"tunegate.yaml": strings.Replace(plantest.Config, `"data/*.json"`, `"rows/*.json", optional: true`, 1)},
			"the head's tunegate.yaml: `dataset.sources` match no file of main after the merge, so there is nothing to train on (hint: commit record files, ",
		},
		"no suite": {
			map[string]string{"tunegate.yaml": plantest.Config + "eval: {suites: [tests/*.yaml]}\n"},
			"the head's `eval.suites`: \"tests/*.yaml\" matches no file of main after the merge",
		},
		"no template": {
			map[string]string{"tunegate.yaml": plantest.Config + "serve: {template: prompts/chat.tmpl}\n"},
			"the head's `serve.template`: no file prompts/chat.tmpl in main after the merge",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.Change("pr", test.change)
			if _, err := f.plan("main", "pr"); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestFirstConfigIsCheckedNotGated(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Git("checkout", "-q", "--orphan", "empty")
	f.Git("rm", "-rqf", ".")
	f.Write("README.md", "x")
	f.Commit("empty")
	f.Git("checkout", "-qb", "first")
	f.Git("checkout", "-q", "main", "--", "base")
	f.Write("tunegate.yaml", plantest.Config)
	f.Write("suites/s.suite.yaml", plantest.Suite)
	f.Write("data/a.json", "[]")
	f.Commit("first config")
	if p := f.must("empty", "first"); p.Gated || len(p.Notes) != 1 {
		t.Errorf("gated %v, notes %q", p.Gated, p.Notes)
	}
	f.Write("tunegate.yaml", "version: 2\n")
	f.Commit("broken")
	if _, err := f.plan("empty", "first"); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "tunegate.yaml") {
		t.Errorf("a broken first config gave %v", err)
	}
}

func TestPlanMistakes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		file, text, want string
	}{
		"no such suite":      {"tunegate.yaml", plantest.Config + "eval: {suites: [nowhere/*.yaml]}\n", `"nowhere/*.yaml" matches no file`},
		"no such prompts":    {"tunegate.yaml", plantest.Config + "eval: {sanity_prompts: nowhere.yaml}\n", "no file nowhere.yaml"},
		"no such template":   {"tunegate.yaml", plantest.Config + "serve: {template: nowhere.tmpl}\n", "no file nowhere.tmpl"},
		"gate of no suite":   {"tunegate.yaml", plantest.Config + "gate: {merge: {no_harm: [other]}}\n", `names the suite "other"`},
		"no such records":    {"tunegate.yaml", strings.Replace(plantest.Config, "data/*.json", "nowhere/*.json", 1), "match no file"},
		"two suites, a name": {"suites/t.suite.yaml", plantest.Suite, `already has the name "s"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.Write(test.file, test.text)
			f.Commit("mistake")
			_, err := f.plan("main", "main")
			if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
