package runs

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// draft begins a result and leaves a file of five bytes in it.
func draft(t *testing.T, m machine.Machine, stage step.Stage, key store.Key) *store.Draft {
	t.Helper()
	d, err := m.Store().Begin(string(stage), key)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(d.Dir, "part"), "12345")
	return d
}

// keep makes a finished registration of a tag.
func keep(t *testing.T, m machine.Machine, made register.Registered) {
	t.Helper()
	if _, err := draft(t, m, step.Register, store.Digest(made)).Commit(store.Result{Value: made}); err != nil {
		t.Fatal(err)
	}
}

// tagged puts a tag with weights of its own into the private server's folder.
func tagged(t *testing.T, m machine.Machine, tag string) {
	t.Helper()
	models := ollama.Models(machine.OllamaHome(m.Home))
	weights := "weights of " + tag
	digest := string(store.Digest(weights))
	put(t, filepath.Join(models, "blobs", "sha256-"+digest), weights)
	name, version, _ := strings.Cut(tag, ":")
	layer := fmt.Sprintf(`{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:%s", "size": %d}`, digest, len(weights))
	put(t, filepath.Join(models, "manifests", "registry.ollama.ai", "library", name, version), fmt.Sprintf(`{"config": %s, "layers": [%s]}`, layer, layer))
}

func tags(t *testing.T, m machine.Machine) (names []string) {
	t.Helper()
	stored, err := ollama.Stored(ollama.Models(machine.OllamaHome(m.Home)))
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range stored {
		names = append(names, tag.Tag)
	}
	return names
}

func mustSweep(t *testing.T, m machine.Machine) Swept {
	t.Helper()
	swept, err := sweep(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return swept
}

func TestSweepOfNothing(t *testing.T) {
	t.Parallel()
	m, heard := machinetest.New(t)
	if swept := mustSweep(t, m); !cmp.Equal(swept, Swept{}) || swept.String() != "" {
		t.Errorf("%+v", swept)
	}
	cleanUp(t.Context(), m)
	if heard.Text() != "" || exists(m.Home) {
		t.Errorf("said %q", heard.Text())
	}
}

func TestSweepKeepsWhatCanBeTakenUp(t *testing.T) {
	t.Parallel()
	m, heard := machinetest.New(t)
	kept := []*store.Draft{draft(t, m, step.Train, store.Digest(1)), draft(t, m, step.Eval, store.Digest(2))}
	gone := []*store.Draft{draft(t, m, step.Dataset, store.Digest(3)), draft(t, m, step.Export, store.Digest(4)), draft(t, m, "base-gguf", store.Digest(5))}
	half := filepath.Join(kept[0].Dir, "checkpoints", ".spec.json6129484611666145821")
	put(t, half, "123")
	whole := filepath.Join(draft(t, m, "base", store.Digest(6)).Dir, ".config61294846116661")
	put(t, whole, "a file of a finished result")
	entry, err := (draft(t, m, "base", store.Digest(6))).Commit(store.Result{})
	if err != nil {
		t.Fatal(err)
	}
	swept := mustSweep(t, m)
	if len(swept.Drafts) != 3 || !slices.Equal(swept.Files, []string{half}) || swept.Bytes != 18 {
		t.Errorf("%+v", swept)
	}
	for _, d := range kept {
		if !exists(filepath.Join(d.Dir, "part")) {
			t.Errorf("%s is gone", d.Dir)
		}
	}
	for _, d := range gone {
		if exists(d.Dir) {
			t.Errorf("%s is still there", d.Dir)
		}
	}
	if _, err := m.Store().Get("base", entry.Manifest.Key); err != nil {
		t.Error(err)
	}
	draft(t, m, step.Export, store.Digest(7))
	cleanUp(t.Context(), m)
	if heard.Text() != "cleaned up after an earlier command: 1 partial result (5 B)" {
		t.Errorf("said %q", heard.Text())
	}
}

func TestSweepOfRuns(t *testing.T) {
	t.Parallel()
	m, _ := machinetest.New(t)
	const killed, ended = "20260102-030405.678-0123abcd", "20260102-030405.678-0123abce"
	records := map[string]Record{
		Folder(m.Home, killed):                 {ID: killed, State: step.Running, Stages: []StageRun{{Stage: step.Dataset, State: step.Done}, {Stage: step.Train, State: step.Running}}},
		Folder(m.Home, ended):                  {ID: ended, State: step.Done, Outcome: "pass"},
		filepath.Join(m.Home, "setup", "demo"): {ID: "setup", State: step.Running},
	}
	for dir, record := range records {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := record.Save(dir); err != nil {
			t.Fatal(err)
		}
	}
	half := filepath.Join(Folder(m.Home, killed), "report", ".page.html123456789012")
	put(t, half, "")
	unborn := Folder(m.Home, "20260102-030405.999-0123abcd")
	foreign := Folder(m.Home, "my notes")
	put(t, filepath.Join(unborn, "logs", "x"), "")
	put(t, filepath.Join(foreign, "x"), "")
	put(t, filepath.Join(m.Home, "setup", "note"), "")

	swept := mustSweep(t, m)
	if !slices.Equal(swept.Runs, []string{killed, "setup of demo"}) || !slices.Equal(swept.Folders, []string{unborn}) || !slices.Equal(swept.Files, []string{half}) {
		t.Errorf("%+v", swept)
	}
	if exists(unborn) || exists(half) || !exists(foreign) {
		t.Error("the wrong folders are gone")
	}
	_, record, err := Find(m.Home, killed, "")
	if err != nil || record.State != step.Interrupted || record.Error == "" || record.Stages[0].State != step.Done || record.Stages[1].State != step.Interrupted {
		t.Errorf("%+v, %v", record, err)
	}
	if _, record, err := Find(m.Home, ended, ""); err != nil || record.State != step.Done || record.Error != "" {
		t.Errorf("%+v, %v", record, err)
	}
	if setups, err := Setups(m.Home); err != nil || setups["demo"].State != step.Interrupted || len(setups) != 1 {
		t.Errorf("%+v, %v", setups, err)
	}
	if again := mustSweep(t, m); !cmp.Equal(again, Swept{}) {
		t.Errorf("the second time: %+v", again)
	}
}

func TestUnreadableSetupIsNoUnusedOne(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	put(t, filepath.Join(home, "setup", "demo", "run.json"), "{")
	if _, err := Setups(home); err == nil || !strings.Contains(err.Error(), "hint") {
		t.Errorf("%v", err)
	}
}

func TestSweepOfPrivateTags(t *testing.T) {
	t.Parallel()
	m, _ := machinetest.New(t)
	keep(t, m, register.Registered{Tag: "demo:run-done", ModelID: "a"})
	keep(t, m, register.Registered{Tag: "demo:run-elsewhere", Host: "http://127.0.0.1:1"})
	for _, tag := range []string{"demo:run-done", "demo:run-half", "demo:pr-3-0123abcd", "demo:run-elsewhere", "demo-base:latest", "demo:stable", "demo-lora-v1:latest"} {
		tagged(t, m, tag)
	}
	models := ollama.Models(machine.OllamaHome(m.Home))
	put(t, filepath.Join(models, "manifests", "registry.ollama.ai", "library", "demo", "old"), "")
	put(t, filepath.Join(models, "blobs", "sha256-"+string(store.Digest("upload"))+"-partial"), "123")
	swept := mustSweep(t, m)
	if want := []string{"demo:old", "demo:pr-3-0123abcd", "demo:run-elsewhere", "demo:run-half"}; !slices.Equal(slices.Sorted(slices.Values(swept.Tags)), want) {
		t.Errorf("removed %v, want %v", swept.Tags, want)
	}
	if left, want := tags(t, m), []string{"demo-base:latest", "demo-lora-v1:latest", "demo:run-done", "demo:stable"}; !slices.Equal(slices.Sorted(slices.Values(left)), want) {
		t.Errorf("left %v, want %v", left, want)
	}
	if len(swept.Blobs) != 4 || swept.Bytes == 0 {
		t.Errorf("%+v", swept)
	}
	if again := mustSweep(t, m); !cmp.Equal(again, Swept{}) {
		t.Errorf("the second time: %+v", again)
	}
}

// A tag that a killed command had made on a shared server is deleted there, and
// where the server is down the next command tries again.
func TestSweepOfSharedTags(t *testing.T) {
	t.Parallel()
	m, heard := machinetest.New(t)
	var deleted []string
	up := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var about struct{ Model, Name string }
		switch err := json.NewDecoder(r.Body).Decode(&about); {
		case err != nil || !up:
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.Method == http.MethodDelete:
			deleted = append(deleted, about.Model+about.Name)
		default:
			fmt.Fprintf(w, `{"modelfile": "FROM /blobs/sha256-%s\n"}`, store.Digest("half"))
		}
	}))
	defer server.Close()
	keep(t, m, register.Registered{Tag: "demo:pr-1-0123abcd", Host: server.URL})
	for i, meant := range []Intent{
		{Tag: "demo:run-half", Host: server.URL, GGUF: string(store.Digest("half"))},
		{Tag: "demo:pr-2-0123abcd", Host: server.URL, GGUF: string(store.Digest("made again by another home"))},
		{Tag: "demo:PR-1-0123abcd", Host: server.URL}, // named by a result too
		{Tag: "demo-base", Host: server.URL},
		{Tag: "demo:run-private"},
	} {
		if err := meant.save(draft(t, m, step.Register, store.Digest(i)).Dir); err != nil {
			t.Fatal(err)
		}
	}
	cleanUp(t.Context(), m)
	if text := heard.Text(); !strings.Contains(text, "3 partial results") || !strings.Contains(text, "note: could not clean up") {
		t.Errorf("said %q", text)
	}
	up = true
	swept := mustSweep(t, m)
	if !slices.Equal(deleted, []string{"demo:run-half"}) || !slices.Equal(swept.Tags, []string{"demo:run-half on " + server.URL}) || len(swept.Drafts) != 2 {
		t.Errorf("deleted %v: %+v", deleted, swept)
	}
	if again := mustSweep(t, m); !cmp.Equal(again, Swept{}) {
		t.Errorf("the second time: %+v", again)
	}
}

func TestSweepGoesOn(t *testing.T) {
	t.Parallel()
	m, _ := machinetest.New(t)
	put(t, filepath.Join(draft(t, m, step.Register, store.Digest(1)).Dir, intentName), "{")
	done := draft(t, m, step.Export, store.Digest(2))
	put(t, filepath.Join(ollama.Models(machine.OllamaHome(m.Home)), "strange"), "")
	m.TempDir = filepath.Join(m.TempDir, "none")
	swept, err := sweep(t.Context(), m)
	if err == nil || len(swept.Drafts) != 1 || exists(done.Dir) {
		t.Errorf("%+v, %v", swept, err)
	}
	for _, part := range []string{intentName, "strange", "none"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v lacks %s", err, part)
		}
	}
}

func TestSweepOfScratchRepositories(t *testing.T) {
	t.Parallel()
	m, _ := machinetest.New(t)
	dead := filepath.Join(m.TempDir, "tunegate-git-123")
	put(t, filepath.Join(dead, "HEAD"), "")
	if swept := mustSweep(t, m); !slices.Equal(swept.Folders, []string{dead}) {
		t.Errorf("%+v", swept)
	}
	if left, err := repo.Sweep(m.TempDir); err != nil || left != nil {
		t.Errorf("%v, %v", left, err)
	}
}

func TestCandidate(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]bool{
		"demo:run-20260102-030405.678-0123abcd": true, "demo:pr-3-0123abcd": true,
		"demo-base": false, "demo-base:latest": false, "demo:stable": false, "demo-lora-v1:latest": false,
		"run-1": false, "demo:v1": false, "": false,
	} {
		if Candidate(tag) != want {
			t.Errorf("%q: %v", tag, !want)
		}
	}
}

func TestSweptString(t *testing.T) {
	t.Parallel()
	s := Swept{Runs: []string{"a"}, Tags: []string{"a", "b"}, Files: []string{"x"}, Bytes: 1}
	if got, want := s.String(), "1 run, 2 tags, 1 partial file (1 B)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
