package doctor

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
)

// A server that only a promotion needs stops no run.
func TestPromotionChecks(t *testing.T) {
	t.Parallel()
	serve := func(version string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"version":%q}`, version)
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	fine, old := serve("0.17.4"), serve("0.1.2")
	moved := httptest.NewServer(http.RedirectHandler(fine+"/api/version", http.StatusMovedPermanently))
	t.Cleanup(moved.Close)
	const dead = "http://127.0.0.1:1"
	in := inspection{wanted: wanted{config: &config.Config{
		Runner: config.Runner{Ollama: config.Auto}, Promote: config.Promote{To: []string{fine, old, dead, moved.URL}},
	}}}
	got := promotionChecks(t.Context(), in)
	if len(got) != 4 {
		t.Fatalf("%+v", got)
	}
	for i, want := range []struct {
		level      check.Level
		found, fix string
	}{
		{check.OK, "0.17.4 at " + fine, ""},
		{check.Warn, old + " would stop a promotion: ollama: version \"0.1.2\" is too old", "install a newer Ollama at " + old},
		{check.Warn, dead + " would stop a promotion: ", "`OLLAMA_HOST=127.0.0.1:1 ollama serve`, or correct `promote.to` of the config"},
		{check.Warn, moved.URL + " would stop a promotion: ollama: ", "set `promote.to` in the config to the address of the Ollama server itself"},
	} {
		if got := got[i]; got.Name != "promotion" || got.Level != want.level || !strings.HasPrefix(got.Found, want.found) || !strings.Contains(got.Fix, want.fix) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if got := promotionChecks(t.Context(), inspection{}); got != nil {
		t.Errorf("without a config: %+v", got)
	}
}
