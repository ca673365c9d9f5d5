package steps

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// listOf is a list for a base in a folder of the machine, with this config.json.
func listOf(t *testing.T, baseConfig string, o Options) *List {
	t.Helper()
	base := t.TempDir()
	if err := errors.Join(
		os.WriteFile(filepath.Join(base, "config.json"), []byte(baseConfig), 0o644),
		os.WriteFile(filepath.Join(base, "model.safetensors"), make([]byte, 1000), 0o644),
	); err != nil {
		t.Fatal(err)
	}
	m, _ := machinetest.New(t)
	return Judge(m, &plan.Plan{Config: config.Config{
		Name: "demo", Base: config.Base{Model: base}, Eval: config.Eval{NumCtx: 512}, Runner: config.Runner{Ollama: config.Auto, Python: config.Auto},
	}}, o)
}

func TestCheckBase(t *testing.T) {
	t.Parallel()
	const demo = "../../testdata/demo/base"
	config, err := os.ReadFile(filepath.Join(demo, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	context := func(tokens string) string {
		return strings.Replace(string(config), `"max_position_embeddings": 1024`, `"max_position_embeddings": `+tokens, 1)
	}
	for text, want := range map[string]string{
		context("512"): "", context("511"): "set `num_ctx: 511`",
		`{"architectures": ["Other"], "model_type": "other"}`: "Other", "{": "`base.model`",
	} {
		s := listOf(t, text, Options{})
		folder := t.TempDir()
		s.plan.Config.Base.Model = folder
		if err := errors.Join(os.CopyFS(folder, os.DirFS(demo)), os.WriteFile(filepath.Join(folder, "config.json"), []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
		err := s.checkBase(t.Context())
		if (err == nil) != (want == "") || err != nil && (!errors.Is(err, plan.ErrInput) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestCheckPrompts(t *testing.T) {
	t.Parallel()
	const chatML = "<|im_start|>system\nProbe system <1>.<|im_end|>\n" +
		"<|im_start|>user\nFirst  question?<|im_end|>\n<|im_start|>assistant\nFirst answer & more.<|im_end|>\n" +
		"<|im_start|>user\nSecond\n\nquestion: {x}?<|im_end|>\n<|im_start|>assistant\n"
	for tokens, fits := range map[int]bool{0: true, 511: true, 512: false} {
		s := listOf(t, "{}", Options{})
		s.Rendering.Do = func(context.Context, string) (register.Rendering, error) {
			return register.Rendering{Probe: chatML, Prompts: []register.Rendered{{Name: "s/short", Tokens: 1}, {Name: "s/long", Tokens: tokens}}}, nil
		}
		if err := s.Rendering.Try(t.Context(), t.TempDir()); err != nil {
			t.Fatal(err)
		}
		err := s.checkPrompts()
		if (err == nil) != fits || err != nil && (!errors.Is(err, plan.ErrInput) || !strings.Contains(err.Error(), "s/long has 512 tokens")) {
			t.Errorf("%d tokens: %v", tokens, err)
		}
	}
}

// TestCheckDisk: what is to be written is compared with what is free before any of
// it is.
func TestCheckDisk(t *testing.T) {
	t.Parallel()
	s := listOf(t, "{}", Options{})
	if err := s.checkDisk(t.Context()); err != nil {
		t.Errorf("a base of 1 kB: %v", err)
	}
	s.BaseGGUF.Needs = func() step.Needs { return step.Needs{Disk: 1 << 60} }
	if err := s.checkDisk(t.Context()); err == nil || !strings.Contains(err.Error(), "tunegate clean") {
		t.Errorf("a GGUF of an exabyte: %v", err)
	}
	if _, err := os.Stat(s.machine.Home); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the home was made: %v", err)
	}
}

// TestCheckDiskGoesOn: a training that was let begin is let go on, though what it wrote
// is kept by now.
func TestCheckDiskGoesOn(t *testing.T) {
	t.Parallel()
	s := listOf(t, "{}", Options{})
	slot := store.Slot{Stage: "train", Key: store.Digest("adapter")}
	s.Adapter.Slot = func(context.Context) (*store.Slot, error) { return &slot, nil }
	s.Adapter.Needs = func() step.Needs { return step.Needs{Disk: 2 << 20} }
	needed, err := s.toWrite(t.Context())
	if err != nil || needed < 2<<20 {
		t.Fatalf("%d bytes, %v", needed, err)
	}
	s.plan.Config.Limits.Disk = needed + 1<<10
	check := func(when string, want string) {
		t.Helper()
		if err := s.checkDisk(t.Context()); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", when, err)
		}
	}
	check("before", "")
	draft, err := s.machine.Store().Begin(slot.Stage, slot.Key)
	if err == nil {
		err = os.WriteFile(filepath.Join(draft.Dir, "checkpoint"), make([]byte, 1<<20), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	check("half made", "")
	other, err := s.machine.Store().Begin(slot.Stage, store.Digest("another"))
	if err == nil {
		err = os.WriteFile(filepath.Join(other.Dir, "checkpoint"), make([]byte, 1<<20), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	check("beside another's", "the base branch's `limits.disk` allows")
}

// TestListEnds: a list that was asked to end after a stage has no step beyond it,
// and what is missing is missing of it.
func TestListEnds(t *testing.T) {
	t.Parallel()
	for until, want := range map[step.Stage]step.Stage{"": step.Eval, step.Dataset: step.Dataset, step.Prepare: step.Prepare, step.Train: step.Train, step.Report: step.Eval} {
		s := listOf(t, "{}", Options{Until: until})
		all := s.All()
		if last, _ := all[len(all)-1].Label(); last != want {
			t.Errorf("until %q it ends with %s", until, last)
		}
		for _, next := range s.missing(t.Context()) {
			if stage, _ := next.Label(); until == step.Train && (stage == step.Export || stage == step.Register) {
				t.Errorf("until the training %s is missing", stage)
			}
		}
	}
}

// TestMissingOfAForcedStage: what is kept and done again all the same is missing.
func TestMissingOfAForcedStage(t *testing.T) {
	t.Parallel()
	for force, want := range map[step.Stage]bool{"": false, step.Train: true} {
		s := listOf(t, "{}", Options{Force: force})
		slot := store.Slot{Stage: "train", Key: store.Digest("adapter")}
		s.Adapter.Slot = func(context.Context) (*store.Slot, error) { return &slot, nil }
		draft, err := s.machine.Store().Begin(slot.Stage, slot.Key)
		if err == nil {
			_, err = draft.Commit(store.Result{Value: struct{}{}})
		}
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, next := range s.missing(t.Context()) {
			found = found || next == step.Step(s.Adapter)
		}
		if found != want {
			t.Errorf("force %q: the training is missing: %v", force, found)
		}
	}
}

// TestWhoseTokensAreComparedAgain: a model that is there already may be served
// otherwise than the plan says now.
func TestWhoseTokensAreComparedAgain(t *testing.T) {
	t.Parallel()
	s := listOf(t, "{}", Options{})
	s.plan.Template = "{{ .Prompt }}"
	for system, want := range map[string]bool{"": true, "You are another.": false} {
		s.served = &register.Serve{Template: "{{ .Prompt }}", System: system}
		if got := s.rendered("candidate", register.Registered{ModelID: "m"}) != nil; got != want {
			t.Errorf("served with %q: compared %v", system, got)
		}
	}
}
