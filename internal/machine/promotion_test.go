package machine

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
)

func TestAskPromotionServers(t *testing.T) {
	t.Parallel()
	serve := func(version string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"version":%q}`, version)
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	const dead = "http://127.0.0.1:1"
	own, fine, old := serve("0.17.4"), serve("0.30.1"), serve("0.4.0")
	answers := AskPromotionServers(t.Context(), config.Config{
		Runner:  config.Runner{Ollama: own},
		Promote: config.Promote{To: []string{fine, own, old, dead}},
	})
	if len(answers) != 3 {
		t.Fatalf("%+v", answers)
	}
	for i, want := range []struct {
		address, version string
		usable           bool
	}{{fine, "0.30.1", true}, {old, "0.4.0", false}, {dead, "", false}} {
		if got := answers[i]; got.Address != want.address || got.Version != want.version || (got.Err == nil) != want.usable {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if none := AskPromotionServers(t.Context(), config.Config{Runner: config.Runner{Ollama: config.Auto}}); none != nil {
		t.Errorf("%+v", none)
	}
}
