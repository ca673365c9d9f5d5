package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tunegate/tunegate/internal/pipeline"
)

// built is the binary that all tests of this package run, built once.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tunegate-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "tunegate")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", errors.New(string(out))
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := built(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

func buildTunegate(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// tools are the folders of a home that set-up fills once for a machine.
var tools = []string{"python", "ollama"}

// toolsHome is the home in which `make setup` installed Python and Ollama.
// Without it a test that needs them is skipped, loudly, and fails in CI.
func toolsHome(t testing.TB) string {
	t.Helper()
	s := session{world: world{getenv: os.Getenv}}
	home, err := s.home()
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range tools {
		if _, err := os.Stat(filepath.Join(home, tool)); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%v: run `make setup` first", err)
			}
			t.Skipf("SKIPPED, so nothing of training and serving is tested: %v (run `make setup`)", err)
		}
	}
	return home
}

// lab is the demo's repository with a home of its own that borrows the tools.
type lab struct {
	testing.TB
	binary string
	repo   string
	home   string
	// temporary is the TMPDIR of the commands; empty: that of the test.
	temporary string
}

func newLab(t testing.TB) lab {
	t.Helper()
	l := lab{TB: t, binary: buildTunegate(t), repo: t.TempDir(), home: filepath.Join(t.TempDir(), "home")}
	if err := os.MkdirAll(l.home, 0o755); err != nil {
		t.Fatal(err)
	}
	home := toolsHome(t)
	for _, tool := range tools {
		if err := os.Symlink(filepath.Join(home, tool), filepath.Join(l.home, tool)); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("bash", filepath.Join("..", "..", "testdata", "demo", "make_repo.sh"), l.repo).CombinedOutput(); err != nil {
		t.Fatalf("make_repo.sh: %v\n%s", err, out)
	}
	return l
}

// command is the binary, about the lab's repository and home.
func (l lab) command(args ...string) *exec.Cmd {
	cmd := exec.Command(l.binary, append([]string{"-C", l.repo, "--home", l.home}, args...)...)
	cmd.Stderr = testLog{l.TB}
	if l.temporary != "" {
		cmd.Env = append(os.Environ(), "TMPDIR="+l.temporary)
	}
	return cmd
}

// judge runs `tunegate run` on a branch and gives its result and exit code.
func (l lab) judge(branch string, args ...string) (pipeline.Result, int) {
	l.Helper()
	cmd := l.command(append([]string{"--json", "run", "--base", "main", "--head", branch}, args...)...)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		l.Fatal(err)
	}
	var result pipeline.Result
	if err := json.Unmarshal(out, &result); err != nil {
		l.Fatalf("exit %d: %v: %s", cmd.ProcessState.ExitCode(), err, out)
	}
	return result, cmd.ProcessState.ExitCode()
}

// share makes the runs of the lab use the server at this address.
func (l lab) share(address string) {
	l.Helper()
	config, err := os.OpenFile(filepath.Join(l.repo, "tunegate.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		l.Fatal(err)
	}
	fmt.Fprintf(config, "runner: {ollama: %q}\n", address)
	if err := config.Close(); err != nil {
		l.Fatal(err)
	}
	commit := exec.Command("git", "-C", l.repo, "-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-qam", "a shared server")
	if out, err := commit.CombinedOutput(); err != nil {
		l.Fatalf("%v\n%s", err, out)
	}
}

// testLog shows a child's progress in the test's own log.
type testLog struct{ testing.TB }

func (t testLog) Write(p []byte) (int, error) {
	t.Logf("%s", p)
	return len(p), nil
}
