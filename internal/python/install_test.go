package python

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

const (
	venvCall      = "uv venv --no-project --python >=3.11,<3.14 ENV.partial\n"
	versionsCall  = "python3 -I -c VERSIONS torch transformers trl peft bitsandbytes accelerate datasets tokenizers safetensors numpy math-verify jinja2\n"
	uvSettings    = "python3 -I -c UVSETTINGS\n"
	uvInstallArgs = "pip install --python ENV.partial/bin/python --require-hashes --no-deps --only-binary :all: -r ENV.partial/requirements.lock\n"
	pipInstall    = "python3 -I -c PIPSETTINGS\npython3 -m pip install --require-hashes --no-deps --only-binary :all: --no-compile --no-cache-dir --no-input --disable-pip-version-check --progress-bar off -r ENV.partial/"
)

func TestInstall(t *testing.T) {
	t.Parallel()
	withPip := "python3 -I -c USABLE\npython3 -m venv ENV.partial\n" + pipInstall + "installer.lock\n"
	for _, tt := range []struct {
		name     string
		programs map[string]string
		calls    string
	}{
		{
			"uv", map[string]string{"uv": fakeUV, "python3": fakePython},
			"uv --version\n" + venvCall + uvSettings + "uv " + uvInstallArgs + versionsCall,
		},
		{
			"pip fetches uv", map[string]string{"python3": fakePython},
			withPip + uvSettings + "python3 -m uv " + uvInstallArgs + versionsCall,
		},
		{
			"uv is a stub of a version manager", map[string]string{"uv": "exit 127", "python3": fakePython},
			"uv --version\n" + withPip + uvSettings + "python3 -m uv " + uvInstallArgs + versionsCall,
		},
		{
			"uv cannot be fetched", map[string]string{"python3": fakePython + "\n case $* in *installer.lock) exit 1; esac"},
			withPip + pipInstall + "requirements.lock\n" + versionsCall,
		},
		{
			"uv does not reach the index", map[string]string{"python3": fakePython + "\n case $* in '-m uv '*) exit 1; esac"},
			withPip + uvSettings + "python3 -m uv " + uvInstallArgs + pipInstall + "requirements.lock\n" + versionsCall,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, tt.programs)
			// What a killed installation may have left, under the final name too.
			for _, left := range []string{environmentDir(m.home) + ".partial", environmentDir(m.home)} {
				if err := os.MkdirAll(filepath.Join(left, "bin", "python"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			var log bytes.Buffer
			made, err := m.install(t, &log)
			if err != nil {
				t.Fatal(err)
			}
			if got := m.calls(t); got != tt.calls {
				t.Errorf("calls:\n%s\nwant:\n%s", got, tt.calls)
			}
			if !strings.Contains(log.String(), "about 3.2 GB to download") {
				t.Errorf("log: %s", log.String())
			}
			files := m.files(t)
			if want := []string{"ENV", "ENV.lock", "programs-" + Digest()[:idLen], "scratch"}; !slices.Equal(files, want) {
				t.Errorf("files %q, want %q", files, want)
			}

			again, err := m.install(t, io.Discard)
			if err != nil || again.Path != made.Path {
				t.Errorf("again: %q, %v", again.Path, err)
			}
			found, err := Find(t.Context(), proctest.Launcher(t), m.home, m.tools(), "auto")
			if err != nil || found.Path != made.Path || m.calls(t) != tt.calls {
				t.Errorf("found %q, %v; calls:\n%s", found.Path, err, m.calls(t))
			}
		})
	}
}

func TestInstallFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		programs map[string]string
		says     string
	}{
		{"nothing there", nil, "no usable Python: none on PATH (hint: install Python 3.11, 3.12 or 3.13"},
		{
			"unusable ones", map[string]string{"python3.12": "echo not installed >&2; exit 127", "python3": "echo No module named ensurepip; exit 1"},
			"python3.12: exit code 127: not installed; python3: exit code 1: No module named ensurepip (hint: ",
		},
		{"no Python for uv", map[string]string{"uv": "case $1 in venv) echo No interpreter found >&2; exit 2; esac"}, "uv: exit code 2\n| No interpreter found\n(hint: install Python"},
		{
			"uv fails", map[string]string{"uv": fakeUV + "\ncase $1 in pip) echo HASH MISMATCH; exit 1; esac", "python3": fakePython},
			"python: installing Python packages with uv: uv: exit code 1\n| HASH MISMATCH",
		},
		{
			"pip fails", map[string]string{"python3": fakePython + "\ncase $* in *lock) echo no route; exit 1; esac"},
			"python: installing Python packages with pip: python: exit code 1\n| no route",
		},
		{"packages are not there", map[string]string{"uv": fakeUV, "python3": "if [ $# -gt 3 ]; then echo '{}' >&3; fi"}, "after the installation: ENV.partial/bin/python: torch is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, tt.programs)
			_, err := m.install(t, io.Discard)
			if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), environmentDir(m.home), "ENV"), tt.says) {
				t.Errorf("error:\n%v\nwant:\n%s", err, tt.says)
			}
			if files := m.files(t); !slices.Equal(files, []string{"ENV.lock"}) {
				t.Errorf("left %q", files)
			}
		})
	}
}

func TestInstallsAtTheSameTime(t *testing.T) {
	t.Parallel()
	m := newMachine(t, map[string]string{"uv": fakeUV + "\nsleep .2", "python3": fakePython})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := m.install(t, io.Discard); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := strings.Count(m.calls(t), "uv pip"); n != 1 {
		t.Errorf("installed %d times:\n%s", n, m.calls(t))
	}
}

func TestInstallCancelled(t *testing.T) {
	t.Parallel()
	m := newMachine(t, map[string]string{"uv": fakeUV + "\ncase $1 in pip) >started; exec sleep 100; esac", "python3": fakePython})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	for range 2 { // one installs, one waits for it
		go func() {
			_, err := Install(ctx, proctest.Launcher(t), m.home, m.tools(), io.Discard, func(string, time.Duration) {})
			ended <- err
		}()
	}
	for _, err := os.Stat(filepath.Join(m.dir, "started")); err != nil; _, err = os.Stat(filepath.Join(m.dir, "started")) {
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if files := m.files(t); !slices.Equal(files, []string{"ENV.lock"}) {
		t.Errorf("left %q", files)
	}
}

func TestCheckDisk(t *testing.T) {
	t.Parallel()
	if err := checkDisk(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("no error for a folder that is not there")
	}
	if err := checkDisk("/proc"); err == nil || !strings.Contains(err.Error(), "0.0 GB free in /proc, but installing needs 8 GB") {
		t.Error(err)
	}
}
