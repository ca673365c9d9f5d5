package plan

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/base/basetest"
	"github.com/tunegate/tunegate/internal/baselock"
	"github.com/tunegate/tunegate/internal/plan/plantest"
)

// elsewhere is the config of a base that lies in a folder of the machine.
func elsewhere(folder string) string {
	return strings.Replace(plantest.Config, "./base", folder, 1)
}

// lockOf is the lock of a folder of the machine.
func lockOf(t *testing.T, folder string) string {
	t.Helper()
	lock, err := baselock.Of(base.Open(folder), folder, "")
	if err != nil {
		t.Fatal(err)
	}
	data, err := lock.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

const marks = "<|im_start|> <|im_end|>"

// TestControlTokensAreKnown: from the lock, also if the base is not; else from the
// base; else it is said that they are not.
func TestControlTokensAreKnown(t *testing.T) {
	t.Parallel()
	there, gone := basetest.New().Write(t), filepath.Join(t.TempDir(), "gone")
	locked := strings.ReplaceAll(lockOf(t, there), there, gone)
	for name, test := range map[string]struct {
		files map[string]string
		want  string
		note  string
	}{
		"a base in the repository":         {nil, marks, ""},
		"a base on the machine":            {map[string]string{"tunegate.yaml": elsewhere(there)}, marks, ""},
		"a lock, and no base":              {map[string]string{"tunegate.yaml": elsewhere(gone), "tunegate.lock": locked}, marks, ""},
		"neither":                          {map[string]string{"tunegate.yaml": elsewhere(gone)}, "", "there is no tunegate.lock, and " + gone + " is not on this machine (hint: run `tunegate setup`"},
		"no lock, and a base with a fault": {map[string]string{"base/tokenizer.json": "{"}, "", "there is no tunegate.lock, and ./base cannot be read in its commit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			for name, text := range test.files {
				f.Write(name, text)
			}
			f.Git("commit", "-qam", "edited", "--allow-empty")
			if test.files["tunegate.lock"] != "" {
				f.Commit("locked")
			}
			p := f.must("main", "main")
			if got := strings.Join(p.DatasetInput().Control, " "); got != test.want || (p.DatasetInput().Control == nil) != (test.want == "") {
				t.Errorf("known: %q", got)
			}
			if said := strings.Join(p.Notes, "\n"); !strings.Contains(said, test.note) || (said == "") != (test.note == "") {
				t.Errorf("notes %q, want %q", said, test.note)
			}
		})
	}
}

// TestControlTokensInPolicy: what is asked holds none, on a machine without the base too.
func TestControlTokensInPolicy(t *testing.T) {
	t.Parallel()
	there, gone := basetest.New().Write(t), filepath.Join(t.TempDir(), "gone")
	locked := strings.ReplaceAll(lockOf(t, there), there, gone)
	for name, test := range map[string]struct {
		files map[string]string
		says  string
	}{
		"a question":      {map[string]string{"suites/s.suite.yaml": strings.Replace(plantest.Suite, "user: q", "user: q<|im_end|>", 1)}, `suites/s.suite.yaml:4: case "c": "<|im_end|>" is a control token`},
		"a sanity prompt": {map[string]string{"tunegate.yaml": elsewhere(gone) + "eval: {sanity_prompts: p.yaml}\n", "p.yaml": "prompts: [{user: one}, {user: \"<|im_start|>\"}]\n"}, `p.yaml:1: "<|im_start|>" is a control token`},
		"the system":      {map[string]string{"tunegate.yaml": elsewhere(gone) + "serve: {system: Be brief.<|im_end|>}\n"}, "tunegate.yaml: `serve.system`: \"<|im_end|>\" is a control token"},
		"in words":        {map[string]string{"suites/s.suite.yaml": strings.Replace(plantest.Suite, "user: q", "user: q< |im_end|>", 1)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.Write("tunegate.yaml", elsewhere(gone))
			f.Write("tunegate.lock", locked)
			f.Commit("locked")
			f.Change("pr", test.files)
			for base, whose := range map[string]string{"main": "the head's ", "pr": ""} { // before the merge, and after it
				_, err := f.plan(base, "pr")
				if test.says == "" && err == nil {
					continue
				}
				if !errors.Is(err, ErrInput) || !strings.HasPrefix(err.Error(), whose+test.says) {
					t.Errorf("into %s: %v", base, err)
				}
			}
		})
	}
}

// TestLockIsPolicy: a change of the lock is told, must be readable, and is judged by the
// base's own.
func TestLockIsPolicy(t *testing.T) {
	t.Parallel()
	there, gone := basetest.New().Write(t), filepath.Join(t.TempDir(), "gone")
	locked := strings.ReplaceAll(lockOf(t, there), there, gone)
	f := newFixture(t)
	f.Write("tunegate.yaml", elsewhere(gone))
	f.Write("tunegate.lock", locked)
	f.Commit("locked")
	f.Change("pr", map[string]string{"tunegate.lock": strings.Replace(locked, "<|im_end|>", "<|end|>", 1)})
	p := f.must("main", "pr")
	if got := strings.Join(p.DatasetInput().Control, " "); got != marks || !slices.Contains(p.Notes, "tunegate.lock would be changed") {
		t.Errorf("known %q; notes %q", got, p.Notes)
	}
	if own := f.must("pr", "pr"); own.PolicySHA256 == p.PolicySHA256 || own.Lineage != p.Lineage {
		t.Error("the lock is no policy, or is in the lineage")
	}
	for change, says := range map[string]string{
		"{":        "the head's tunegate.lock: ",
		locked[:9]: "the head's tunegate.lock: ",
		locked + strings.Repeat(" ", MaxPolicyFile):                     "the head's ",
		strings.Replace(locked, gone, "/models/other", 1):               `the head's tunegate.lock describes the base model "/models/other", but the config names "` + gone + `"`,
		strings.Replace(locked, `"version": 1`, `"version": 2`, 1):      "the head's tunegate.lock has version 2, but this tunegate reads up to 1",
		strings.Replace(locked, `"context": 32768`, `"kontext": 32`, 1): "the head's tunegate.lock: ",
	} {
		f.Write("tunegate.lock", change)
		f.Commit("broken")
		if _, err := f.plan("main", "pr"); !errors.Is(err, ErrInput) || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("%.80s: %v", change, err)
		}
	}
}

// TestAnotherBaseThanTheLocks: the config's, or the one that lies there, is refused, and
// the differing part is named; to write the lock anew it is not read.
func TestAnotherBaseThanTheLocks(t *testing.T) {
	t.Parallel()
	model := basetest.New()
	folder := model.Write(t)
	f := newFixture(t)
	f.Write("tunegate.yaml", elsewhere(folder))
	f.Write("tunegate.lock", lockOf(t, folder))
	f.Commit("locked")
	if err := f.must("main", "main").CheckBase(t.Context()); err != nil {
		t.Fatalf("the locked base: %v", err)
	}
	model.Tokenizer["added_tokens"] = []basetest.Object{{"id": 4, "content": "<|im_start|>", "special": true}, {"id": 5, "content": "<|im_end|>", "special": true}, {"id": 6, "content": "<|tool|>", "special": true}}
	if err := os.WriteFile(filepath.Join(folder, "tokenizer.json"), []byte(model.Files(t)["tokenizer.json"]), 0o644); err != nil {
		t.Fatal(err)
	}
	err := f.must("main", "main").CheckBase(t.Context())
	if want := `is not the base model of tunegate.lock: tokenizer.json differs, the special token "<|tool|>" (6) was added (hint: restore the base model that was locked; if the change is intended, run ` + "`tunegate setup --renew-lock`"; !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), want) {
		t.Errorf("another tokenizer: %v", err)
	}
	f.Write("tunegate.yaml", elsewhere("/models/other"))
	f.Commit("another base")
	_, err = f.plan("main", "main")
	if want := `tunegate.lock describes the base model "` + folder + `", but the config names "/models/other" (hint: if that is intended, `; !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), want) {
		t.Errorf("another model: %v", err)
	}
	f.Write("tunegate.yaml", elsewhere(folder))
	f.Commit("the first")
	p, err := New(f.Context(), f.Open(), "tunegate.yaml", Refs{Base: "main", Head: "main", Relocks: true})
	if err != nil || p.Lock != nil || p.CheckBase(t.Context()) != nil || len(p.DatasetInput().Control) != 3 {
		t.Errorf("to be written anew: %v, %v", p.Lock, err)
	}
}

// TestAnotherBaseInTheRepository: a change that brings another base must bring its lock.
func TestAnotherBaseInTheRepository(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	p := f.must("main", "main")
	lock, err := p.BaseLock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	data, err := lock.Encode()
	if err != nil {
		t.Fatal(err)
	}
	f.Write("tunegate.lock", string(data))
	f.Commit("locked")
	f.Change("pr", map[string]string{"base/tokenizer_config.json": `{"eos_token": "<|im_end|>", "chat_template": "<|im_end|>"}`})
	_, err = f.plan("main", "pr")
	if want := "the head's ./base is not the base model of tunegate.lock: tokenizer_config.json differs, the chat template differs"; !errors.Is(err, ErrInput) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v", err)
	}
	if err := f.must("main", "main").CheckBase(t.Context()); err != nil {
		t.Errorf("main itself: %v", err)
	}
}
