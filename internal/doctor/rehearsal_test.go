package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/gguf"
)

// Without Python the tiny run stops at the training: the stages before it went
// well, the error says where and what to do, and its folder stays to be read.
func TestRehearseSaysWhatFailed(t *testing.T) {
	t.Parallel()
	m := newMachine(t, nil)
	found := m.LookPath
	m.LookPath = func(name string) (string, error) {
		if name == "git" {
			return exec.LookPath(name)
		}
		return found(name)
	}
	users := filepath.Join(t.TempDir(), "users.git") // as a git hook has it
	m.Environ = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GIT_DIR=" + users}
	checks := Rehearse(t.Context(), m, Subject{RepoErr: errors.New("not a git repository"), Command: "tunegate"})
	var names []string
	for _, got := range checks {
		names = append(names, string(got.Level)+" "+got.Name)
	}
	if !slices.Equal(names, []string{"ok e2e dataset", "fail e2e run"}) {
		t.Fatalf("%+v", checks)
	}
	last := checks[len(checks)-1]
	if !strings.Contains(last.Found, "tunegate setup") || !strings.Contains(last.Fix, "`tunegate doctor --e2e`") {
		t.Errorf("%+v", last)
	}
	if _, err := os.Stat(filepath.Join(m.Home, rehearsalFolder, "home", "runs")); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(users); err == nil {
		t.Error("it wrote into the repository of GIT_DIR")
	}
}

func TestTinyRepositoryIsWhole(t *testing.T) {
	t.Parallel()
	_, dir := tinyRepo(t, nil)
	weights, err := gguf.OpenWeights(os.DirFS(filepath.Join(dir, "base")), "base")
	if err != nil {
		t.Fatal(err)
	}
	defer weights.Close()
	if names := weights.Names(); len(names) != 2+2*12 {
		t.Errorf("%d tensors: %v", len(names), names)
	}
	data, err := os.ReadFile(filepath.Join(dir, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse(config.FileName, data)
	if err != nil || c.Runner.Ollama != config.Auto {
		t.Errorf("%+v, %v", c.Runner, err)
	}
}

// On a server of many, only the tiny run's own tags are taken back, and those
// also when the run was stopped.
func TestTakeTagsBack(t *testing.T) {
	t.Parallel()
	var deleted []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprint(w, `{"models":[{"name":"tutor:stable"},{"name":"tunegate-doctor:run-1"},{"name":"tunegate-doctor-base:latest"},{"name":"tunegate-doctors:latest"}]}`)
			return
		}
		var asked struct{ Model, Name string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || r.Method != http.MethodDelete {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		deleted = append(deleted, asked.Model+asked.Name)
	}))
	defer server.Close()
	r := rehearsal{runner: config.Runner{Ollama: server.URL}}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for _, ctx := range []context.Context{t.Context(), stopped} {
		deleted = nil
		if err := r.removeTags(ctx); err != nil {
			t.Error(err)
		}
		if !slices.Equal(deleted, []string{"tunegate-doctor:run-1", "tunegate-doctor-base:latest"}) {
			t.Errorf("deleted %v", deleted)
		}
	}
}
