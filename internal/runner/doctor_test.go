package runner

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// machine has programs that run these shell commands, and no other.
func machine(t *testing.T, programs map[string]string) pipeline.Machine {
	t.Helper()
	dir := t.TempDir()
	for name, commands := range programs {
		write(t, filepath.Join(dir, name), "#!/bin/sh\n"+commands+"\n")
	}
	return pipeline.Machine{
		Home: filepath.Join(t.TempDir(), "a", "home"), Launcher: proctest.Launcher(t),
		LookPath: func(name string) (string, error) {
			path := filepath.Join(dir, name)
			_, err := os.Stat(path)
			return path, err
		},
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o755)); err != nil {
		t.Fatal(err)
	}
}

// failed are the names of the checks that failed, in order.
func failed(checks []Check) (names []string) {
	for _, check := range checks {
		if !check.OK {
			names = append(names, check.Name)
		}
	}
	return names
}

func TestDoctorNamesWhatSetupTakes(t *testing.T) {
	t.Parallel()
	const git = "echo git version 2.39.5"
	outside := Subject{RepoErr: errors.New("not a git repository"), Command: "tunegate"}
	for name, tt := range map[string]struct {
		programs map[string]string
		failed   []string
	}{
		"nothing":       {nil, []string{"git", "venv", "python", "go", "gcc", "g++", "ollama"}},
		"only git":      {map[string]string{"git": git}, []string{"venv", "python", "go", "gcc", "g++", "ollama"}},
		"an old git":    {map[string]string{"git": "echo git version 2.37.1", "ollama": "", "python3": ""}, []string{"git", "python"}},
		"a broken git":  {map[string]string{"git": "exit 1", "ollama": "", "python3": ""}, []string{"git", "python"}},
		"before setup":  {map[string]string{"git": git, "python3": "", "go": "", "gcc": "", "g++": ""}, []string{"python", "ollama"}},
		"without venv":  {map[string]string{"git": git, "python3": "exit 1", "ollama": ""}, []string{"venv", "python"}},
		"uv has Python": {map[string]string{"git": git, "uv": "", "ollama": ""}, []string{"python"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := machine(t, tt.programs)
			checks := Doctor(t.Context(), m, outside)
			// Whether there is disk space, and headers in the system's folders, is not this test's.
			checks = slices.DeleteFunc(checks, func(c Check) bool { return c.Name == "disk" || c.Name == "headers" })
			if got := failed(checks); !slices.Equal(got, tt.failed) {
				t.Errorf("failed %q, want %q: %+v", got, tt.failed, checks)
			}
			for _, check := range checks {
				if check.OK != (check.Mend == "") {
					t.Errorf("%+v", check)
				}
				if check.Name == "python" && check.Mend != "tunegate setup --tools" {
					t.Errorf("%+v", check)
				}
			}
			if _, err := os.Lstat(filepath.Dir(m.Home)); err == nil {
				t.Error("the doctor made a folder")
			}
		})
	}
}

func TestHeaderCheck(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	none := machine(t, nil)
	write(t, filepath.Join(folder, "nlohmann", "json.hpp"), "")
	if check := headerCheck(none, "/none", folder); check.OK {
		t.Errorf("one of two: %+v", check)
	}
	debian := machine(t, map[string]string{"apt-get": "", "dpkg-deb": ""})
	if check := headerCheck(debian, folder); !check.OK {
		t.Errorf("with apt-get: %+v", check)
	}
	write(t, filepath.Join(folder, "stb", "stb_image.h"), "")
	if check := headerCheck(none, "/none", folder); !check.OK || check.Found != folder {
		t.Errorf("both: %+v", check)
	}
}

func TestHomeCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "")
	if err := os.Symlink("nowhere", filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	for home, says := range map[string]string{
		dir:                                 dir,
		filepath.Join(dir, "new", "home"):   "not made yet",
		filepath.Join(dir, "file"):          "it is no folder",
		filepath.Join(dir, "file", "home"):  "it is no folder",
		filepath.Join(dir, "dangling", "x"): "no such file",
	} {
		check := homeCheck(home)
		if ok := strings.HasPrefix(says, dir) || says == "not made yet"; check.OK != ok || !strings.Contains(check.Found, says) {
			t.Errorf("%s: %+v", home, check)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("left %v, %v", entries, err)
	}
}

func TestHomeCheckWithoutRights(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere")
	}
	dir := filepath.Join(t.TempDir(), "locked")
	if err := os.Mkdir(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	if check := homeCheck(filepath.Join(dir, "home")); check.OK || !strings.Contains(check.Found, "permission denied") {
		t.Errorf("%+v", check)
	}
}

func TestDiskCheck(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "a", "b")
	if check := diskCheck(home, 1); !check.OK {
		t.Errorf("%+v", check)
	}
	if check := diskCheck(home, 1<<60); check.OK || !strings.Contains(check.Mend, "TUNEGATE_HOME") {
		t.Errorf("%+v", check)
	}
}

func TestSharedOllama(t *testing.T) {
	t.Parallel()
	for version, ok := range map[string]bool{"0.17.4": true, "0.1.2": false} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"version":%q}`, version)
		}))
		check := ollamaChecks(t.Context(), machine(t, nil), server.URL, "")
		server.Close()
		if len(check) != 1 || check[0].OK != ok || !strings.Contains(check[0].Found, version) {
			t.Errorf("%s: %+v", version, check)
		}
	}
	if check := sharedCheck(t.Context(), "http://127.0.0.1:1"); check.OK {
		t.Errorf("%+v", check)
	}
}
