package runner

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestHeaderCheck(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	none := newMachine(t, nil)
	proctest.WriteFile(t, filepath.Join(folder, "nlohmann", "json.hpp"), "")
	if check := headerCheck(none, "/none", folder); check.Level != Fail {
		t.Errorf("one of two: %+v", check)
	}
	debian := newMachine(t, map[string]string{"apt-get": "", "dpkg-deb": ""})
	if check := headerCheck(debian, folder); check.Level != OK {
		t.Errorf("with apt-get: %+v", check)
	}
	proctest.WriteFile(t, filepath.Join(folder, "stb", "stb_image.h"), "")
	if check := headerCheck(none, "/none", folder); check.Level != OK || check.Found != folder {
		t.Errorf("both: %+v", check)
	}
}

func TestSharedOllama(t *testing.T) {
	t.Parallel()
	for version, level := range map[string]Level{"0.17.4": OK, "0.1.2": Fail} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"version":%q}`, version)
		}))
		check := ollamaChecks(t.Context(), newMachine(t, nil), server.URL, "")
		server.Close()
		if len(check) != 1 || check[0].Level != level || !strings.Contains(check[0].Found, version) {
			t.Errorf("%s: %+v", version, check)
		}
	}
}

func TestOllamaOnPath(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]struct {
		level Level
		found string
	}{
		goodOllama:                         {OK, "0.17.4 at "},
		"echo ollama version is 0.30.1":    {OK, "0.30.1 at "},
		"echo ollama version is 0.4.0":     {Fail, "too old"},
		"echo what; exit 3":                {Fail, "does not tell its version (exit status 3): what"},
		"echo client version is 'broken '": {Fail, "too old"},
	} {
		check := ollamaChecks(t.Context(), newMachine(t, map[string]string{"ollama": said}), config.Auto, "setup")
		if len(check) != 1 || check[0].Level != want.level || !strings.Contains(check[0].Found, want.found) {
			t.Errorf("%s: %+v", said, check)
		}
	}
}

// The Go that building Ollama needs is what its module says.
func TestGoCheck(t *testing.T) {
	t.Parallel()
	module, err := os.ReadFile(filepath.Join("..", "ollama", "build", "go.mod.txt"))
	if err != nil || !strings.Contains(string(module), "\ngo "+ollamaGo+"\n") {
		t.Errorf("not Go %s: %.60s (%v)", ollamaGo, module, err)
	}
	for said, want := range map[string]Level{
		"go version go1.24.1 linux/amd64": OK, "go version go1.26.1 linux/amd64": OK, "go version devel go1.30-abcdef linux/amd64": OK,
		"go version go1.24.0 linux/amd64": Fail, "go version go1.23.9 linux/amd64": Fail, "go version go1.24rc2 linux/amd64": Fail, "what": Fail,
	} {
		m := newMachine(t, map[string]string{"go": "echo " + said, "gcc": "", "g++": ""})
		check := ollamaChecks(t.Context(), m, config.Auto, "setup")[0]
		if check.Name != "go" || check.Level != want || want == Fail && !strings.Contains(check.Mend, "Go "+ollamaGo+" or newer") {
			t.Errorf("%s: %+v", said, check)
		}
	}
}

func TestPortCheck(t *testing.T) {
	t.Parallel()
	if check := portCheck(); check.Level != OK {
		t.Errorf("%+v", check)
	}
}
