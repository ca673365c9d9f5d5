package doctor

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

func TestModelsCheck(t *testing.T) {
	t.Parallel()
	m := newMachine(t, nil)
	models := ollama.Models(machine.OllamaHome(m.Home))
	const digest = "3b7b3f6f1e1b4f4bd4b0e2c8d2e9a0d7"
	proctest.WriteFile(t, filepath.Join(models, "blobs", "sha256-"+digest+"-partial"), "an upload that goes on")
	if got := modelsCheck(t.Context(), m, "tunegate"); got.Level != check.OK {
		t.Errorf("%+v", got)
	}
	proctest.WriteFile(t, filepath.Join(models, "manifests", "registry.ollama.ai", "library", "tutor", "stable"), "")
	if got := modelsCheck(t.Context(), m, "tunegate"); got.Level != check.Warn || !strings.Contains(got.Found, "tutor:stable") {
		t.Errorf("%+v", got)
	}
}

func TestKeptIsReadUntilCancelled(t *testing.T) {
	t.Parallel()
	m := newMachine(t, nil)
	draft, err := m.Store().Begin("train", store.Digest("in"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Commit(store.Result{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := storeCheck(ctx, m, "tunegate"); got.Level != check.Fail || !strings.Contains(got.Found, "not fully read") {
		t.Errorf("%+v", got)
	}
	if got := storeCheck(t.Context(), m, "tunegate"); got.Level != check.OK || !strings.Contains(got.Found, "1 kept result intact") {
		t.Errorf("%+v", got)
	}
}

// keep makes a finished result, with a file of its own.
func keep(t *testing.T, m machine.Machine, stage step.Stage, content string) (dir string, key store.Key) {
	t.Helper()
	draft, err := m.Store().Begin(string(stage), store.Digest(content))
	if err != nil {
		t.Fatal(err)
	}
	proctest.WriteFile(t, filepath.Join(draft.Dir, "file"), content)
	entry, err := draft.Commit(store.Result{})
	if err != nil {
		t.Fatal(err)
	}
	return entry.Dir, entry.Manifest.Key
}

// A damaged result that a promotion names is not thrown away: nothing makes it
// again. One of a version that is not stable stops no run.
func TestStoreCheckOfPromotedResults(t *testing.T) {
	t.Parallel()
	m := newMachine(t, nil)
	exports, registrations := map[string]string{}, map[string]string{} // folders, by version
	for _, version := range []string{"v1", "v2"} {
		e := ledger.Entry{
			Action: ledger.Promote, Name: "demo", Version: version, Tag: "demo-lora-" + version, ModelID: version, GGUFSHA256: version,
			Servers: []string{ledger.Private},
		}
		exports[version], e.Export = keep(t, m, step.Export, "export of "+version)
		registrations[version], e.Register = keep(t, m, step.Register, "registration of "+version)
		if err := ledger.Append(m.Home, e); err != nil {
			t.Fatal(err)
		}
	}
	look := func(level check.Level, fix string) {
		t.Helper()
		if got := storeCheck(t.Context(), m, "tunegate -C x"); got.Level != level || got.Fix != fix {
			t.Errorf("want %s %s, got %+v", level, fix, got)
		}
	}
	look(check.OK, "")
	old := registrations["v1"]
	proctest.WriteFile(t, filepath.Join(old, "file"), "damaged")
	ofOld := "restore " + old + " from a backup: it belongs to demo-lora-v1, which was promoted"
	look(check.Warn, ofOld)
	stable := exports["v2"]
	if err := os.Remove(filepath.Join(stable, "manifest.json")); err != nil {
		t.Fatal(err)
	}
	ofStable := "restore " + stable + " from a backup: it belongs to demo-lora-v2, which was promoted; or make another version stable, with `tunegate -C x rollback` or `tunegate -C x promote`"
	look(check.Fail, ofStable+"; "+ofOld)
	lost, _ := keep(t, m, step.Dataset, "lost")
	proctest.WriteFile(t, filepath.Join(lost, "file"), "damaged")
	look(check.Fail, "`rm -r "+lost+"`; "+ofStable+"; "+ofOld)

	proctest.WriteFile(t, ledger.Path(m.Home), "{\n")
	if got := storeCheck(t.Context(), m, "tunegate"); got.Level != check.Fail || strings.Contains(got.Fix, "rm") || !strings.Contains(got.Found, "promotions.jsonl:1") {
		t.Errorf("%+v", got)
	}
}
