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
	if setUpLab.top != "" {
		os.RemoveAll(setUpLab.top)
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
	s := session{world: world{environ: os.Environ()}}
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
	if err := furnish(l.repo, l.home, toolsHome(t)); err != nil {
		t.Fatal(err)
	}
	ready, err := setUp(toolsHome(t))
	if err != nil {
		t.Fatal(err)
	}
	store := filepath.Join(l.home, "store")
	if err := os.Mkdir(store, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, compared := range []string{"reference", "agreement"} { // which takes longer than the rest of a set-up
		l.sh("cp", "-a", filepath.Join(ready.home, "store", compared), store)
	}
	return l
}

// furnish makes the demo's repository, and a home that borrows the tools.
func furnish(repo, home, tooled string) error {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	for _, tool := range tools {
		if err := os.Symlink(filepath.Join(tooled, tool), filepath.Join(home, tool)); err != nil {
			return err
		}
	}
	out, err := exec.Command("bash", filepath.Join("..", "..", "testdata", "demo", "make_repo.sh"), repo).CombinedOutput()
	if err != nil {
		return fmt.Errorf("make_repo.sh: %w\n%s", err, out)
	}
	return nil
}

// ready is a lab on which `tunegate setup` was run, for copies. TestMain removes it.
type ready struct{ top, repo, home string }

var (
	setUpOnce sync.Once
	setUpLab  ready
	errSetUp  error
)

// setUp makes the lab once for all tests.
func setUp(tooled string) (ready, error) {
	setUpOnce.Do(func() {
		var binary string
		if binary, errSetUp = built(); errSetUp != nil {
			return
		}
		if setUpLab.top, errSetUp = os.MkdirTemp("", "tunegate-lab-"); errSetUp != nil {
			return
		}
		setUpLab.repo, setUpLab.home = filepath.Join(setUpLab.top, "repo"), filepath.Join(setUpLab.top, "home")
		if errSetUp = os.Mkdir(setUpLab.repo, 0o700); errSetUp != nil {
			return
		}
		if errSetUp = furnish(setUpLab.repo, setUpLab.home, tooled); errSetUp != nil {
			return
		}
		if out, err := exec.Command(binary, "-C", setUpLab.repo, "--home", setUpLab.home, "setup").CombinedOutput(); err != nil {
			errSetUp = fmt.Errorf("setup: %w\n%s", err, out)
		}
	})
	return setUpLab, errSetUp
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
