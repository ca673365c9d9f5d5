package steps

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine/machinetest"
	"github.com/tunegate/tunegate/internal/plan"
)

// TestOthersPromotedTag: what somebody else wrote under a promoted version's tag
// on a shared server is neither asked nor written over.
func TestOthersPromotedTag(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/show" {
			t.Errorf("%s %s", r.Method, r.URL.Path)
		}
		fmt.Fprintf(w, `{"modelfile": "FROM /models/blobs/sha256-%s\n", "template": "x"}`, strings.Repeat("a", 64))
	}))
	defer server.Close()
	m, _ := machinetest.New(t)
	if err := os.MkdirAll(m.Home, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := ledger.Append(m.Home, ledger.Entry{
		Action: ledger.Promote, Name: "demo", Version: "v1", Tag: "demo-lora-v1", ModelID: strings.Repeat("b", 64), GGUFSHA256: strings.Repeat("c", 64),
	}); err != nil {
		t.Fatal(err)
	}
	s := Judge(m, &plan.Plan{Config: config.Config{Name: "demo", Runner: config.Runner{Ollama: server.URL}, Eval: config.Eval{Baseline: config.StableModel}}}, Options{})
	_, err := s.Baseline.Do(t.Context(), "")
	if err == nil || !strings.Contains(err.Error(), "demo-lora-v1 on the server is not the model that was tested") {
		t.Errorf("got %v", err)
	}
}
