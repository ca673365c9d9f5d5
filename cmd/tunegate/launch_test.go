package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// launch is the action's step where only the programs named can be called. Each
// is the body of a script.
func launch(t *testing.T, checksums string, programs map[string]string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	action, path := filepath.Join(dir, "action"), filepath.Join(dir, "path")
	script, err := os.ReadFile(filepath.Join(project, ".github", "launch.sh"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		filepath.Join(action, ".github", "launch.sh"):       string(script),
		filepath.Join(action, ".github", "checksums.txt"):   checksums,
		filepath.Join(action, "cmd", "tunegate", "VERSION"): version + "\n",
		filepath.Join(path, "uname"):                        "#!/bin/bash\necho Linux x86_64\n",
	}
	for name, body := range programs {
		files[filepath.Join(path, name)] = "#!/bin/bash\n" + body + "\n"
	}
	for name, data := range files {
		proctest.WriteFile(t, name, data)
	}
	for _, name := range []string{"bash", "dirname", "mktemp", "awk", "sha256sum", "chmod", "sleep", "cat"} {
		program, err := exec.LookPath(name)
		if err == nil {
			err = os.Symlink(program, filepath.Join(path, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(filepath.Join(path, "bash"), "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", `exec bash "$GITHUB_ACTION_PATH/.github/launch.sh"`)
	cmd.Env = []string{"PATH=" + path, "GITHUB_ACTION_PATH=" + action, "RUNNER_TEMP=" + dir, "INPUT_GITHUB_TOKEN=" + testToken,
		"GOWORK=" + filepath.Join(dir, "go.work"), "GOFLAGS=-mod=vendor"}
	return cmd
}

// The programs in whose place the scripts stand: curl writes a tunegate that says
// where it came from, and so does go.
const (
	release = `echo release "$@" ${INPUT_GITHUB_TOKEN:+with the token}`
	fetches = `[[ $1 == -q ]] || exit 2; while [[ $1 != --output ]]; do shift; done; [[ -z ${INPUT_GITHUB_TOKEN-} ]] && echo '` + release + `' >"$2"`
	builds  = `[[ $GOWORK$GOFLAGS == off-mod=readonly ]] || exit 2; while [[ $1 != -o ]]; do shift; done; [[ -z ${INPUT_GITHUB_TOKEN-} ]] && echo 'echo built "$@"' >"$2"`
	onPath  = `if [[ $1 == version ]]; then echo tunegate %s; else echo on PATH "$@"; fi`
)

func TestLaunch(t *testing.T) {
	t.Parallel()
	good := fmt.Sprintf("%064d  tunegate-linux-arm64\n%x  tunegate-linux-amd64\n", 0, sha256.Sum256([]byte(release+"\n")))
	bad := fmt.Sprintf("%064d  tunegate-linux-amd64\n", 0)
	for label, test := range map[string]struct {
		checksums string
		programs  map[string]string
		code      int
		want      string
	}{
		"on PATH":           {good, map[string]string{"tunegate": fmt.Sprintf(onPath, version), "curl": fetches}, 0, "on PATH action"},
		"another on PATH":   {good, map[string]string{"tunegate": fmt.Sprintf(onPath, version+"1"), "curl": fetches, "go": builds}, 0, "release action with the token"},
		"a release":         {good, map[string]string{"curl": fetches, "go": builds}, 0, "release action with the token"},
		"another's release": {bad, map[string]string{"curl": fetches, "go": builds}, 1, "does not have the digest"},
		"no such release":   {good, map[string]string{"curl": "exit 22", "go": builds}, 0, "built action"},
		"a short digest":    {good[1:], map[string]string{"curl": fetches, "go": builds}, 1, "checksums.txt:1: expected a digest"},
		"one space":         {strings.ReplaceAll(good, "  ", " "), map[string]string{"curl": fetches, "go": builds}, 1, "checksums.txt:1: expected a digest"},
		"Windows' lines":    {strings.ReplaceAll(good, "\n", "\r\n"), map[string]string{"curl": fetches, "go": builds}, 1, "checksums.txt:1: expected a digest"},
		"two digests":       {good + bad, map[string]string{"curl": fetches, "go": builds}, 1, "checksums.txt:3: expected a digest"},
		"a conflict":        {"<<<<<<< HEAD\n" + good, map[string]string{"curl": fetches, "go": builds}, 1, "checksums.txt:1: expected a digest"},
		"an empty line":     {good + "\n", map[string]string{"curl": fetches, "go": builds}, 1, "checksums.txt:3: expected a digest"},
		"not released":      {"", map[string]string{"curl": fetches, "go": builds}, 0, "built action"},
		"no curl":           {good, map[string]string{"go": builds}, 0, "built action"},
		"nothing":           {good, nil, 1, "hint: put tunegate " + version + " on the runner's PATH"},
		"without a home":    {"", map[string]string{"go": "[ -n \"$HOME\" ] || exit 3; " + builds}, 0, "built action"},
		"does not build":    {good, map[string]string{"go": "echo no such module >&2; exit 3"}, 3, "no such module"},
	} {
		cmd := launch(t, test.checksums, test.programs)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != test.code || !strings.Contains(string(out), test.want) {
			t.Errorf("%s: exit %d, want %d with %q:\n%s", label, code, test.code, test.want, out)
		}
	}
}

// A cancel while the program is fetched ends the fetching too.
func TestLaunchIsCancelled(t *testing.T) {
	t.Parallel()
	cmd := launch(t, fmt.Sprintf("%064d  tunegate-linux-amd64\n", 0), map[string]string{"curl": `echo $$; exec sleep 60`})
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var child int
	if _, err := fmt.Fscan(out, &child); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitCancelled {
		t.Errorf("exit %d", code)
	}
	for syscall.Kill(child, 0) == nil {
		if time.Since(started) > 5*time.Second {
			t.Fatalf("process %d is still there", child)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
