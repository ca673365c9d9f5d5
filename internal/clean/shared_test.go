package clean

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
)

// shared is a server that knows these tags and keeps which were deleted.
func shared(t *testing.T, templates map[string]string) (address string, deleted *[]string) {
	t.Helper()
	deleted = &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var about struct{ Model, Name string }
		if err := json.NewDecoder(r.Body).Decode(&about); err != nil {
			http.Error(w, `{"error": "bad"}`, http.StatusBadRequest)
			return
		}
		tag := about.Model + about.Name
		template, known := templates[tag]
		switch {
		case !known:
			http.Error(w, `{"error": "model not found"}`, http.StatusNotFound)
		case r.Method == http.MethodDelete:
			*deleted = append(*deleted, tag)
		default:
			_ = json.NewEncoder(w).Encode(map[string]string{
				"template": template, "modelfile": "FROM /blobs/sha256-" + strings.Repeat("a", 64) + "\n",
			})
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, deleted
}

func modelID(template string) string {
	return register.ModelID(engine.Model{GGUF: strings.Repeat("a", 64), Template: template, Parameters: map[string][]string{}})
}

func TestCleanOfSharedTags(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	address, deleted := shared(t, map[string]string{"demo:run-ours": "ours", "demo:pr-1-ab": "theirs", "demo-base": "base", "demo:run-kept": "kept"})
	k.run(0, "00000000", "pass", k.model("demo:run-kept", address, modelID("kept"))...)
	for tag, template := range map[string]string{"demo:run-ours": "ours", "demo:pr-1-ab": "ours", "demo-base": "base", "demo:run-gone": "gone"} {
		k.model(tag, address, modelID(template))
	}
	done := k.clean(Options{})
	if !slices.Equal(*deleted, []string{"demo:run-ours"}) || len(done.Left) != 0 {
		t.Errorf("deleted %v, left %+v", *deleted, done.Left)
	}
	if left, err := k.Machine.Store().Entries(); err != nil || len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
}

// While a server is down what names its tag stays, and the next clean takes both.
func TestCleanBesideDeadServer(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.run(0, "00000000", "pass", k.result("dataset", 1, ""))
	lost := k.model("demo:run-lost", "http://127.0.0.1:1", "x")
	done := k.clean(Options{})
	if len(done.Left) != 2 || done.Left[0].Name != "register/"+string(lost[1].Key) || done.Left[1].Name != "demo:run-lost" ||
		!strings.Contains(done.Left[1].Why, "refused") || !slices.Equal(names(done, KindResult), []string{"export/" + string(lost[0].Key)}) {
		t.Errorf("%+v", done)
	}
	entries, err := k.Machine.Store().Entries()
	if err != nil || !slices.ContainsFunc(names(k.clean(Options{DryRun: true}), KindTag), func(tag string) bool { return tag == "demo:run-lost" }) {
		t.Errorf("%v, %v", entries, err)
	}
	if _, err := k.Machine.Store().Get(string(step.Register), lost[1].Key); err != nil {
		t.Error(err)
	}
}

func TestUsesOfTheFirstVersion(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	needed := k.result("dataset", 1, "")
	k.record(runs.Folder(k.Home, "20260102-030405.000-00000000"), runs.Record{
		ID: "20260102-030405.000-00000000", Outcome: "pass",
		Stages: []runs.StageRun{{Stage: step.Dataset, Key: needed.Key}},
	})
	k.clean(Options{})
	k.expect([]runs.Use{needed})
}
