package runner

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/store"
)

func TestModelsCheck(t *testing.T) {
	t.Parallel()
	m := newMachine(t, nil)
	models := ollama.Models(machine.OllamaHome(m.Home))
	const digest = "3b7b3f6f1e1b4f4bd4b0e2c8d2e9a0d7"
	proctest.WriteFile(t, filepath.Join(models, "blobs", "sha256-"+digest+"-partial"), "an upload that goes on")
	if check := modelsCheck(t.Context(), m, "tunegate"); check.Level != OK {
		t.Errorf("%+v", check)
	}
	proctest.WriteFile(t, filepath.Join(models, "manifests", "registry.ollama.ai", "library", "tutor", "stable"), "")
	if check := modelsCheck(t.Context(), m, "tunegate"); check.Level != Warn || !strings.Contains(check.Found, "tutor:stable") {
		t.Errorf("%+v", check)
	}
}

func TestKeptIsReadUntilCancelled(t *testing.T) {
	t.Parallel()
	m := newMachine(t, nil)
	draft, err := storeOf(m).Begin("train", store.Digest("in"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Commit(store.Result{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if check := storeCheck(ctx, m, "tunegate"); check.Level != Fail || !strings.Contains(check.Found, "not read to the end") {
		t.Errorf("%+v", check)
	}
	if check := storeCheck(t.Context(), m, "tunegate"); check.Level != OK || !strings.Contains(check.Found, "of 1 kept") {
		t.Errorf("%+v", check)
	}
}

// A damaged result that a promotion names is not thrown away: nothing makes it
// again. One of a version that is not stable stops no run.
func TestStoreCheckOfPromotedResults(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	models := map[string][]runs.Use{}
	for _, version := range []string{"v1", "v2"} {
		uses := k.model("demo:run-"+version, "", version)
		models[version] = uses
		if err := ledger.Append(k.Home, ledger.Entry{
			Action: ledger.Promote, Name: "demo", Version: version, Tag: "demo-lora-" + version, ModelID: version, GGUFSHA256: version,
			Export: uses[0].Key, Register: uses[1].Key, Servers: []string{ledger.Private},
		}); err != nil {
			t.Fatal(err)
		}
	}
	dir := func(use runs.Use) string { return storeOf(k.Machine).Dir(use.Kind, use.Key) }
	look := func(level Level, mend string) {
		t.Helper()
		if check := storeCheck(t.Context(), k.Machine, "tunegate -C x"); check.Level != level || check.Mend != mend {
			t.Errorf("want %s %s, got %+v", level, mend, check)
		}
	}
	look(OK, "")
	old := dir(models["v1"][1])
	proctest.WriteFile(t, filepath.Join(old, "file"), "damaged")
	ofOld := "bring " + old + " back from a backup: it is of demo-lora-v1, which was promoted"
	look(Warn, ofOld)
	stable := dir(models["v2"][0])
	if err := os.Remove(filepath.Join(stable, "manifest.json")); err != nil {
		t.Fatal(err)
	}
	ofStable := "bring " + stable + " back from a backup: it is of demo-lora-v2, which was promoted; or make another version stable, with `tunegate -C x rollback` or `tunegate -C x promote`"
	look(Fail, ofStable+"; "+ofOld)
	lost := dir(k.result("dataset", 3, "lost"))
	proctest.WriteFile(t, filepath.Join(lost, "file"), "damaged")
	look(Fail, "`rm -r "+lost+"`; "+ofStable+"; "+ofOld)

	proctest.WriteFile(t, ledger.Path(k.Home), "{\n")
	if check := storeCheck(t.Context(), k.Machine, "tunegate"); check.Level != Fail || strings.Contains(check.Mend, "rm") || !strings.Contains(check.Found, "promotions.jsonl:1") {
		t.Errorf("%+v", check)
	}
}
