package clean

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/store"
)

func TestRun(t *testing.T) {
	t.Parallel()
	k, stays, tags := filled(t)
	k.clean(Options{DryRun: true}) // what killed commands left goes with any command
	before := k.files()
	dry := k.clean(Options{DryRun: true})
	if !dry.DryRun || dry.Bytes == 0 {
		t.Errorf("%+v", dry)
	}
	if diff := cmp.Diff(before, k.files()); diff != "" {
		t.Errorf("a dry run changed the home: %s", diff)
	}
	done := k.clean(Options{})
	dry.DryRun = false
	if diff := cmp.Diff(dry, done); diff != "" {
		t.Errorf("the dry run said otherwise: %s", diff)
	}
	k.expect(stays, tags...)
	if runs := names(done, KindRun); len(runs) != 1 || !strings.HasSuffix(runs[0], "11111111") {
		t.Errorf("%v", runs)
	}
	if n, size := done.Sum(KindResult); n != 3 || size < 200+1000+10 {
		t.Errorf("%d results of %d bytes", n, size)
	}
	if n, _ := done.Sum(KindDraft); n != 1 {
		t.Errorf("%d drafts", n)
	}
	if got := names(done, KindTag); !slices.Contains(got, "demo:run-nobody") {
		t.Errorf("%v", got)
	}
	if again := k.clean(Options{}); len(again.Removed) != 0 {
		t.Errorf("the second time: %+v", again)
	}
}

func TestCleanOfOldRunsKeepsPromotedAndLatest(t *testing.T) {
	t.Parallel()
	k, _, _ := filled(t)
	done := k.clean(Options{OlderThan: time.Hour})
	left, err := runs.All(k.Home)
	if err != nil || len(left) != 2 || left[0].Lineage != "00000000" || left[1].Lineage != "33333333" {
		t.Errorf("left %+v, %v", left, err)
	}
	if !slices.Contains(names(done, KindTag), "demo:run-changed") {
		t.Errorf("%+v", done)
	}
	for _, file := range k.files() {
		if strings.Contains(file, "run-changed") {
			t.Errorf("left %s", file)
		}
	}
	for _, tag := range []string{"demo:stable", "demo-lora-v1", "demo:run-promoted"} {
		if !ollama.HasTag(ollama.Models(machine.OllamaHome(k.Home)), tag, string(store.Digest("weights of demo:run-promoted"))) {
			t.Errorf("%s does not serve any more", tag)
		}
	}
}

func TestCleanWithoutHome(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	if c := k.clean(Options{}); len(c.Removed) != 0 || c.Removed == nil || c.Left == nil {
		t.Errorf("%+v", c)
	}
	if _, err := os.Lstat(k.Home); err == nil {
		t.Error("it made a home")
	}
}

func TestCleanRefusesWhereItCannotKnow(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{"ledger": "promotions.jsonl", "setup": "setup/demo/run.json"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, _, _ := filled(t)
			k.clean(Options{})
			proctest.WriteFile(t, filepath.Join(k.Home, file), "{\n")
			before := k.files()
			if _, err := Run(t.Context(), k.Machine, Options{OlderThan: time.Minute}); err == nil || !strings.Contains(err.Error(), "hint") {
				t.Errorf("%v", err)
			}
			if diff := cmp.Diff(before, k.files()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCleanTakesDamagedRunsAndResults(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	used := k.result("dataset", 1, "x")
	k.run(1, "00000000", "pass", used)
	broken := k.run(0, "11111111", "pass")
	proctest.WriteFile(t, filepath.Join(runs.Folder(k.Home, broken), "run.json"), "{")
	half := k.result("train", 1, "y")
	if err := os.Remove(filepath.Join(k.Machine.Store().Dir("train", half.Key), "manifest.json")); err != nil {
		t.Fatal(err)
	}
	proctest.WriteFile(t, filepath.Join(runs.Folder(k.Home, "notes"), "mine"), "")
	for name, record := range map[string]string{"empty": "{}", "null": "null", "up": `{"id": ".."}`, "dot": `{"id": "."}`, "far": `{"id": "../store"}`} {
		proctest.WriteFile(t, filepath.Join(runs.Folder(k.Home, name), "run.json"), record)
	}
	done := k.clean(Options{OlderThan: time.Minute})
	if !slices.Equal(names(done, KindRun), []string{broken}) || len(names(done, KindResult)) != 1 {
		t.Errorf("%+v", done)
	}
	k.expect([]runs.Use{used})
	if _, err := os.Stat(filepath.Join(runs.Folder(k.Home, "notes"), "mine")); err != nil {
		t.Error(err)
	}
}

// countdown is a context that ends after it was asked so many times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// A clean that is cut short anywhere leaves nothing that points to nowhere, and
// the next one ends where an undisturbed one does.
func TestCleanCutShort(t *testing.T) {
	t.Parallel()
	for steps := 0; ; steps++ {
		k, stays, tags := filled(t)
		w, err := findWaste(k.Machine, Options{})
		if err != nil {
			t.Fatal(err)
		}
		before := k.files()
		_, err = w.remove(&countdown{t.Context(), steps})
		if steps == 0 && !slices.Equal(before, k.files()) {
			t.Error("something went after the end")
		}
		k.expectWhole()
		k.clean(Options{})
		k.expect(stays, tags...)
		if err == nil {
			if steps < 8 {
				t.Errorf("only %d steps", steps)
			}
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
}
