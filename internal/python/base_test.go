package python

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

func TestUsable(t *testing.T) {
	t.Parallel()
	const uvFinds = "uv --version\nuv python find --no-cache --no-project >=3.11,<3.14\n"
	for _, tt := range []struct {
		name     string
		programs map[string]string
		found    string
		says     string
		calls    string
	}{
		{"uv", map[string]string{"uv": fakeUV}, "uv", "", uvFinds},
		{"uv finds no Python", map[string]string{"uv": "case $1 in python) echo No interpreter found; exit 2; esac", "python3": fakePython}, "", "No interpreter found", uvFinds},
		{"uv is a stub", map[string]string{"uv": "exit 127", "python3": fakePython}, "python3", "", "uv --version\npython3 -I -c USABLE\n"},
		{"the newest that works", map[string]string{"python3.13": "exit 1", "python3.12": "", "python3": ""}, "python3.12", "", "python3.13 -I -c USABLE\npython3.12 -I -c USABLE\n"},
		{"without venv", map[string]string{"python3": "echo No module named ensurepip; exit 1"}, "", "No module named ensurepip", "python3 -I -c USABLE\n"},
		{"nothing", nil, "", "none on PATH", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, tt.programs)
			path, err := Usable(t.Context(), proctest.Launcher(t), m.tools())
			switch {
			case tt.says == "" && (err != nil || path != filepath.Join(m.dir, tt.found)):
				t.Errorf("%q, %v", path, err)
			case tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), pythonHint)):
				t.Errorf("%q, %v", path, err)
			}
			if calls := m.calls(t); calls != tt.calls {
				t.Errorf("calls:\n%s\nwant:\n%s", calls, tt.calls)
			}
		})
	}
}

func TestLocateChangesNothing(t *testing.T) {
	t.Parallel()
	m := newMachine(t, map[string]string{"uv": fakeUV, "python3": fakePython})
	for _, configured := range []string{"auto", "python3"} {
		_, err := Locate(t.Context(), proctest.Launcher(t), m.home, m.tools(), configured)
		if entries, readErr := os.ReadDir(m.home); readErr != nil || len(entries) > 0 {
			t.Errorf("%s: left %v, %v", configured, entries, readErr)
		}
		if missing := configured == "auto"; missing != (err != nil) {
			t.Errorf("%s: %v", configured, err)
		}
	}
}
