package doctor

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// newMachine has programs that run these shell commands, and no other.
func newMachine(t *testing.T, programs map[string]string) machine.Machine {
	t.Helper()
	dir := t.TempDir()
	for name, commands := range programs {
		proctest.WriteFile(t, filepath.Join(dir, name), "#!/bin/sh\n"+commands+"\n")
	}
	return machine.Machine{
		Home: filepath.Join(t.TempDir(), "a", "home"), Launcher: proctest.Launcher(t), TempDir: t.TempDir(),
		Clock: time.Now, Progress: silent{},
		LookPath: func(name string) (string, error) {
			path := filepath.Join(dir, name)
			_, err := os.Stat(path)
			return path, err
		},
	}
}

type silent struct{}

func (silent) Say(string, ...any)                                 {}
func (silent) Update(string, int64, int64, time.Duration, string) {}

// failed are the names of the checks that failed, in order.
func failed(checks []check.Check) (names []string) {
	for _, got := range checks {
		if got.Level == check.Fail {
			names = append(names, got.Name)
		}
	}
	return names
}

const (
	goodGit    = "echo git version 2.39.5"
	goodOllama = "echo 'Warning: could not connect to a running Ollama instance'; echo 'Warning: client version is 0.17.4'"
	goodGo     = "echo go version go1.26.1 linux/amd64"
)

func TestDoctorNamesWhatSetupTakes(t *testing.T) {
	t.Parallel()
	outside := Subject{RepoErr: errors.New("not a git repository"), Command: "tunegate"}
	for name, tt := range map[string]struct {
		programs map[string]string
		failed   []string
	}{
		"nothing":        {nil, []string{"git", "venv", "python", "go", "gcc", "g++", "ollama"}},
		"only git":       {map[string]string{"git": goodGit}, []string{"venv", "python", "go", "gcc", "g++", "ollama"}},
		"an old git":     {map[string]string{"git": "echo git version 2.37.1", "ollama": goodOllama, "python3": ""}, []string{"git", "python"}},
		"a broken git":   {map[string]string{"git": "exit 1", "ollama": goodOllama, "python3": ""}, []string{"git", "python"}},
		"before setup":   {map[string]string{"git": goodGit, "python3": "", "go": goodGo, "gcc": "", "g++": ""}, []string{"python", "ollama"}},
		"an old Go":      {map[string]string{"git": goodGit, "python3": "", "go": "echo go version go1.19.8", "gcc": "", "g++": ""}, []string{"python", "go", "ollama"}},
		"without venv":   {map[string]string{"git": goodGit, "python3": "exit 1", "ollama": goodOllama}, []string{"venv", "python"}},
		"uv has Python":  {map[string]string{"git": goodGit, "uv": "", "ollama": goodOllama}, []string{"python"}},
		"an old Ollama":  {map[string]string{"git": goodGit, "uv": "", "ollama": "echo ollama version is 0.5.1"}, []string{"python", "ollama"}},
		"another Ollama": {map[string]string{"git": goodGit, "uv": "", "ollama": "exit 1"}, []string{"python", "ollama"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, tt.programs)
			checks := Run(t.Context(), m, outside)
			// Whether there is disk space, and headers in the system's folders, is not this test's.
			checks = slices.DeleteFunc(checks, func(c check.Check) bool { return c.Name == "disk" || c.Name == "headers" })
			if got := failed(checks); !slices.Equal(got, tt.failed) {
				t.Errorf("failed %q, want %q: %+v", got, tt.failed, checks)
			}
			for _, got := range checks {
				if (got.Level == check.OK) != (got.Fix == "") || got.Found == "" {
					t.Errorf("%+v", got)
				}
				if got.Name == "python" && got.Fix != "tunegate setup --tools" {
					t.Errorf("%+v", got)
				}
			}
			if _, err := os.Lstat(filepath.Dir(m.Home)); err == nil {
				t.Error("the doctor made a folder")
			}
		})
	}
}

func TestAtLeast(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]bool{
		"git version 2.39.5": true, "git version 2.38.0": true, "git version 2.37.9": false, "git version 3.0": true,
		"git version 1.99": false, "git version 2.39.5 (Apple Git-154)": true, "none": false, "": false,
	} {
		if found, ok := atLeast(said, 2, 38); ok != want {
			t.Errorf("%q: %q, %v", said, found, ok)
		}
	}
}
