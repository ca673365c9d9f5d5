package clean

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// kept is a home whose content the tests put together.
type kept struct {
	*testing.T
	machine.Machine
	now time.Time
}

func newKept(t *testing.T) *kept {
	t.Helper()
	m, _ := machinetest.New(t)
	k := &kept{T: t, Machine: m, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	k.Machine.Clock = func() time.Time { return k.now.Add(1000 * time.Hour) }
	return k
}

// result makes a finished result with a file of so many bytes.
func (k *kept) result(stage string, size int, value any) runs.Use {
	k.Helper()
	key := store.Digest([]any{stage, size, value})
	draft, err := k.Machine.Store().Begin(stage, key)
	if err != nil {
		k.Fatal(err)
	}
	proctest.WriteFile(k.T, filepath.Join(draft.Dir, "file"), strings.Repeat("x", size))
	if _, err := draft.Commit(store.Result{Value: value}); err != nil {
		k.Fatal(err)
	}
	return runs.Use{Kind: stage, Key: key}
}

// model makes an export and a registration, with the tag on the private server
// unless there is a host.
func (k *kept) model(tag, host, modelID string) []runs.Use {
	k.Helper()
	uses := []runs.Use{
		k.result("export", 1000+len(tag), tag),
		k.result("register", 10, register.Registered{Tag: tag, Host: host, ModelID: modelID}),
	}
	if host == "" {
		k.tag(tag, "weights of "+tag)
	}
	return uses
}

func (k *kept) tag(tag, weights string) {
	k.Helper()
	models := ollama.Models(machine.OllamaHome(k.Home))
	digest := string(store.Digest(weights))
	proctest.WriteFile(k.T, filepath.Join(models, "blobs", "sha256-"+digest), weights)
	name, version, _ := strings.Cut(tag, ":")
	layer := fmt.Sprintf(`{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:%s", "size": %d}`, digest, len(weights))
	proctest.WriteFile(k.T, filepath.Join(models, "manifests", "registry.ollama.ai", "library", name, version), fmt.Sprintf(`{"config": {"digest": "sha256:%s", "size": %d}, "layers": [%s]}`, digest, len(weights), layer))
}

// run records a run that began so many hours after the first.
func (k *kept) run(hours int, lineage, outcome string, uses ...runs.Use) string {
	k.Helper()
	started := k.now.Add(time.Duration(hours) * time.Hour)
	record := runs.Record{
		Schema: 1, ID: started.Format("20060102-150405.000-") + lineage, Repository: "/repo", Lineage: lineage,
		Started: started, State: step.Done, Outcome: outcome, Uses: uses,
	}
	k.record(runs.Folder(k.Home, record.ID), record)
	return record.ID
}

func (k *kept) record(dir string, record runs.Record) {
	k.Helper()
	record.Schema = runs.Schema
	data, err := json.Marshal(record)
	if err != nil {
		k.Fatal(err)
	}
	proctest.WriteFile(k.T, filepath.Join(dir, "run.json"), string(data))
}

func (k *kept) clean(o Options) Result {
	k.Helper()
	result, err := Run(k.Context(), k.Machine, o)
	if err != nil {
		k.Fatal(err)
	}
	return result
}

// files are all files below the home but the lock.
func (k *kept) files() (found []string) {
	k.Helper()
	err := filepath.WalkDir(k.Home, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && entry.Name() != "lock" {
			found = append(found, strings.TrimPrefix(path, k.Home+"/"))
		}
		return err
	})
	if err != nil {
		k.Fatal(err)
	}
	return found
}

func (k *kept) expect(stays []runs.Use, tags ...string) {
	k.Helper()
	entries, err := k.Machine.Store().Entries()
	if err != nil {
		k.Fatal(err)
	}
	var there, want []string
	for _, entry := range entries {
		there = append(there, entry.Manifest.Stage+"/"+entry.Manifest.Key.Short())
	}
	for _, use := range stays {
		want = append(want, use.Kind+"/"+use.Key.Short())
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, there); diff != "" {
		k.Errorf("results: %s", diff)
	}
	stored, err := ollama.Stored(ollama.Models(machine.OllamaHome(k.Home)))
	if err != nil {
		k.Fatal(err)
	}
	var held []string
	for _, tag := range stored {
		held = append(held, tag.Tag)
	}
	slices.Sort(held)
	slices.Sort(tags)
	if diff := cmp.Diff(tags, held); diff != "" {
		k.Errorf("tags: %s", diff)
	}
}

// names are those of the items of a kind.
func names(c Result, kind Kind) (found []string) {
	for _, item := range c.Removed {
		if item.Kind == kind {
			found = append(found, item.Name)
		}
	}
	return found
}

// filled has a bit of everything, and tells what must stay of it.
func filled(t *testing.T) (k *kept, stays []runs.Use, tags []string) {
	t.Helper()
	k = newKept(t)
	dataset, base := k.result("dataset", 100, "shared"), k.result("base-gguf", 5000, "base")
	k.tag("demo-base:latest", "weights of the base")
	setup := append([]runs.Use{base}, k.result("register", 10, register.Registered{Tag: "demo-base", ModelID: "b"}))
	k.record(filepath.Join(k.Home, "setup", "demo"), runs.Record{ID: "setup", State: step.Done, Uses: setup})

	promoted := k.model("demo:run-promoted", "", "p")
	first := k.run(0, "00000000", "pass", append([]runs.Use{dataset}, promoted...)...)
	if err := ledger.Append(k.Home, ledger.Entry{
		Action: ledger.Promote, Name: "demo", Version: "v1", Tag: "demo-lora-v1", ModelID: "p", GGUFSHA256: "p", Run: first,
		Export: promoted[0].Key, Register: promoted[1].Key, Servers: []string{ledger.Private},
	}); err != nil {
		t.Fatal(err)
	}
	k.tag("demo-lora-v1:latest", "weights of demo:run-promoted")
	k.tag("demo:stable", "weights of demo:run-promoted")

	changed := k.model("demo:run-changed", "", "c")
	k.run(1, "11111111", "fail", append([]runs.Use{dataset, k.result("train", 200, "superseded")}, changed...)...)
	again := k.run(2, "11111111", "fail", append([]runs.Use{dataset}, changed...)...)
	stopped := k.result("train", 300, "stopped")
	k.run(3, "22222222", "", stopped)
	last := k.run(4, "33333333", "pass", dataset)
	k.model("demo:run-nobody", "", "n")
	k.tag("demo:run-shared", "weights of demo:run-promoted")
	if _, err := k.Machine.Store().Begin("eval", store.Digest("half")); err != nil {
		t.Fatal(err)
	}
	if again >= last {
		t.Fatal("the runs are not in order")
	}
	stays = slices.Concat(setup, []runs.Use{dataset, stopped}, promoted, changed)
	return k, stays, []string{"demo-base:latest", "demo-lora-v1:latest", "demo:run-changed", "demo:run-promoted", "demo:stable"}
}

// expectWhole wants all that the runs and promotions need to be there.
func (k *kept) expectWhole() {
	k.Helper()
	records, err := runs.All(k.Home)
	if err != nil {
		k.Fatal(err)
	}
	history, err := ledger.Load(k.Home)
	if err != nil {
		k.Fatal(err)
	}
	var needed []runs.Use
	for _, record := range records {
		needed = append(needed, record.Uses...)
	}
	for _, e := range history.Promoted() {
		needed = append(needed, runs.Use{Kind: "export", Key: e.Export}, runs.Use{Kind: "register", Key: e.Register})
	}
	for _, use := range needed {
		if _, err := k.Machine.Store().Get(use.Kind, use.Key); err != nil {
			k.Error(err)
		}
	}
	stored, err := ollama.Stored(ollama.Models(machine.OllamaHome(k.Home)))
	if err != nil {
		k.Fatal(err)
	}
	for _, tag := range stored {
		if tag.Broken {
			k.Errorf("%s is broken", tag.Tag)
		}
	}
}
