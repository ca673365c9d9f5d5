package proc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWaitSaysHowTheChildEnded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		script string
		code   int
		says   string
	}{
		{"exit 0", 0, ""},
		{"exit 3", 3, "script: exit code 3"},
		{"exit 255", 255, "script: exit code 255"},
		{"kill -9 $$", 137, "out-of-memory killer"},
		{"kill -SEGV $$", 139, "segmentation fault"},
		// The guard's own handling of these must not be inherited.
		{"kill -TERM $$", 143, "terminated"},
		{"kill -INT $$", 130, "interrupt"},
		{"kill -HUP $$", 129, "hangup"},
	} {
		for _, network := range networks {
			c := script(tt.script)
			c.Network = network
			_, err := run(t, c)
			var exit *ExitError
			switch {
			case tt.code == 0 && err != nil:
				t.Errorf("%s: %v", tt.script, err)
			case tt.code == 0:
			case !errors.As(err, &exit) || exit.Code != tt.code || !strings.Contains(err.Error(), tt.says):
				t.Errorf("%s in the %s network: %v, want code %d, %q", tt.script, network, err, tt.code, tt.says)
			}
		}
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{
		"sh":                         `trainer: "sh" is not an absolute path`,
		filepath.Join(dir, "absent"): "no such file",
		plain:                        "permission denied",
		dir:                          "is a directory",
	} {
		_, err := launcher(t).Start(t.Context(), Command{Name: "trainer", Path: path})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", path, err, says)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := launcher(t).Start(ended, script("exit 0")); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

func TestExecutableThatTheSystemCannotRun(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(path, []byte("\x7fELF broken"), 0o755); err != nil {
		t.Fatal(err)
	}
	log, err := run(t, Command{Name: "broken", Path: path})
	var exit *ExitError
	if !errors.As(err, &exit) || exit.Code != notStarted || !strings.Contains(log, "exec format error") {
		t.Errorf("%v, log %q", err, log)
	}
}

func TestChildGetsExactlyWhatItIsGiven(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log, err := run(t, Command{
		Name: "env", Path: "/usr/bin/env", Env: []string{"A=1", "B=x y", "A=2"}, Dir: dir,
	})
	if err != nil || log != "A=2\nB=x y\n" && log != "B=x y\nA=2\n" {
		t.Errorf("environment %q, %v", log, err)
	}

	c := script("pwd; cat; echo err >&2; ls /proc/self/fd | tr '\\n' ' '")
	c.Dir, c.Stdin = dir, strings.NewReader("in\r\n##[error]\x1b")
	log, err = run(t, c)
	// ls itself has the folder open as 3.
	if want := dir + "\nin\n##\\[error]err\n0 1 2 3 \n"; err != nil || log != want {
		t.Errorf("log %q, %v; want %q", log, err, want)
	}
}

func TestWaitDoesNotWaitForStdin(t *testing.T) {
	t.Parallel()
	c := script("exit 0")
	r, w := io.Pipe()
	defer w.Close()
	c.Stdin = r
	if _, err := run(t, c); err != nil { // exec.ErrWaitDelay, if it were exec.Cmd that reads
		t.Error(err)
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	var got []string
	c := script(`printf '{"step": 1}\n\n' >&3; echo log; printf 'last\ncut off' >&3`)
	c.Lines = func(line []byte) { got = append(got, string(line)) }
	log, err := run(t, c)
	if want := `{"step": 1}||last`; err != nil || strings.Join(got, "|") != want || log != "log\n" {
		t.Errorf("lines %q, log %q, %v", got, log, err)
	}
}

func TestLineThatIsTooLong(t *testing.T) {
	t.Parallel()
	c := script("head -c 9000000 /dev/zero >&3; sleep 100")
	c.Lines = func(line []byte) { t.Errorf("a line of %d bytes", len(line)) }
	if _, err := run(t, c); err == nil || !strings.Contains(err.Error(), "script: wrote a line of 8 MiB or more") {
		t.Error(err)
	}
}

func TestScanLines(t *testing.T) {
	t.Parallel()
	long := bytes.Repeat([]byte("x"), maxLine-1)
	var sizes []int
	if err := scanLines(bytes.NewReader(append(long, '\n')), func(line []byte) { sizes = append(sizes, len(line)) }); err != nil {
		t.Error(err)
	}
	if len(sizes) != 1 || sizes[0] != len(long) {
		t.Error(sizes)
	}
	if err := scanLines(bytes.NewReader(append(long, 'x', 'x', '\n')), func([]byte) {}); err == nil {
		t.Error("no error for a line that is too long")
	}
}

type brokenLog struct{}

func (brokenLog) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestLogThatFailsEndsTheChild(t *testing.T) {
	t.Parallel()
	c := script("while :; do echo x; done")
	c.Log = brokenLog{}
	p, err := launcher(t).Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err == nil {
		t.Error("no error")
	}
}
