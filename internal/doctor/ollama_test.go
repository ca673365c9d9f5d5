package doctor

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// private is what a run wants without a config.
var private = wanted{runner: config.Runner{Python: config.Auto, Ollama: config.Auto}}

func TestHeaderCheck(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	none := newMachine(t, nil)
	proctest.WriteFile(t, filepath.Join(folder, "nlohmann", "json.hpp"), "")
	if got := headerCheck(none, "/none", folder); got.Level != check.Fail {
		t.Errorf("one of two: %+v", got)
	}
	debian := newMachine(t, map[string]string{"apt-get": "", "dpkg-deb": ""})
	if got := headerCheck(debian, folder); got.Level != check.OK {
		t.Errorf("with apt-get: %+v", got)
	}
	proctest.WriteFile(t, filepath.Join(folder, "stb", "stb_image.h"), "")
	if got := headerCheck(none, "/none", folder); got.Level != check.OK || got.Found != folder {
		t.Errorf("both: %+v", got)
	}
}

func TestSharedOllama(t *testing.T) {
	t.Parallel()
	for version, level := range map[string]check.Level{"0.17.4": check.OK, "0.1.2": check.Fail} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"version":%q}`, version)
		}))
		got := ollamaChecks(t.Context(), inspection{machine: newMachine(t, nil), wanted: wanted{runner: config.Runner{Ollama: server.URL}}})
		server.Close()
		if len(got) != 1 || got[0].Level != level || !strings.Contains(got[0].Found, version) {
			t.Errorf("%s: %+v", version, got)
		}
	}
}

// A proxy that answers is not fixed by starting Ollama.
func TestSharedOllamaBehindAProxy(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.RedirectHandler("https://login.example/", http.StatusFound))
	t.Cleanup(server.Close)
	got := ollamaChecks(t.Context(), inspection{machine: newMachine(t, nil), wanted: wanted{runner: config.Runner{Ollama: server.URL}}})
	if len(got) != 1 || got[0].Level != check.Fail || !strings.Contains(got[0].Found, "https://login.example") ||
		!strings.Contains(got[0].Fix, "`runner.ollama`") || strings.Contains(got[0].Fix, "ollama serve") {
		t.Errorf("%+v", got)
	}
}

func TestOllamaOnPath(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]struct {
		level check.Level
		found string
	}{
		goodOllama:                         {check.OK, "0.17.4 at "},
		"echo ollama version is 0.30.1":    {check.OK, "0.30.1 at "},
		"echo ollama version is 0.4.0":     {check.Fail, "too old"},
		"echo what; exit 3":                {check.Fail, "does not report its version (exit status 3): what"},
		"echo client version is 'broken '": {check.Fail, "too old"},
	} {
		got := ollamaChecks(t.Context(), inspection{machine: newMachine(t, map[string]string{"ollama": said}), wanted: private})
		if len(got) != 1 || got[0].Level != want.level || !strings.Contains(got[0].Found, want.found) {
			t.Errorf("%s: %+v", said, got)
		}
	}
}

// The Go that building Ollama needs is what its module says.
func TestGoCheck(t *testing.T) {
	t.Parallel()
	if got := ollama.GoVersion(); got != "1.24.1" {
		t.Errorf("the module needs Go %q", got)
	}
	for said, want := range map[string]check.Level{
		"go version go1.24.1 linux/amd64": check.OK, "go version go1.26.1 linux/amd64": check.OK, "go version devel go1.30-abcdef linux/amd64": check.OK,
		"go version go1.24.0 linux/amd64": check.Fail, "go version go1.23.9 linux/amd64": check.Fail, "go version go1.24rc2 linux/amd64": check.Fail, "what": check.Fail,
	} {
		m := newMachine(t, map[string]string{"go": "echo " + said, "gcc": "", "g++": ""})
		got := ollamaChecks(t.Context(), inspection{machine: m, wanted: private})[0]
		if got.Name != "go" || got.Level != want || want == check.Fail && !strings.Contains(got.Fix, "Go "+ollama.GoVersion()+" or newer") {
			t.Errorf("%s: %+v", said, got)
		}
	}
}

func TestPortChecks(t *testing.T) {
	t.Parallel()
	if got := portChecks(t.Context(), inspection{wanted: private}); len(got) != 1 || got[0].Level != check.OK {
		t.Errorf("%+v", got)
	}
}
