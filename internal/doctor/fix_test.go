package doctor

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/check"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/proc/proctest"
	"github.com/tunegate/tunegate/internal/store"
)

// follow types what a check says: the command in backquotes, or all of it.
func follow(t *testing.T, fix string, env ...string) {
	t.Helper()
	command := fix
	if parts := strings.Split(fix, "`"); len(parts) > 2 {
		command = parts[1]
	}
	cmd := exec.Command("sh", "-c", command)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", command, err, out)
	}
}

// Each set-up is broken, and its check says what to type: then all is well. The
// programs that bring something are stand-ins.
func TestFixesOfMachines(t *testing.T) {
	t.Parallel()
	wanted4090 := wanted{runner: config.Runner{GPU: config.GPU{Class: "rtx-4090", Memory: 24e9}}}
	const smi = `case "$*" in *query-gpu*) echo "0, GPU-1, NVIDIA GeForce RTX 4090, 24564, 570.86, 8.9";; esac`
	for name, tt := range map[string]struct {
		programs map[string]string
		brings   string // what the stand-ins for sudo, apt-get and curl put into $BIN
		look     func(t *testing.T, m machine.Machine) check.Check
	}{
		"no git": {nil, "printf '#!/bin/sh\n" + goodGit + "' > $BIN/git", func(t *testing.T, m machine.Machine) check.Check {
			return gitCheck(t.Context(), inspection{machine: m})
		}},
		"an old git": {map[string]string{"git": "echo git version 2.30"}, "printf '#!/bin/sh\n" + goodGit + "' > $BIN/git", func(t *testing.T, m machine.Machine) check.Check {
			return gitCheck(t.Context(), inspection{machine: m})
		}},
		"no Python": {nil, "printf '#!/bin/sh\n' > $BIN/python3", func(t *testing.T, m machine.Machine) check.Check {
			checks := pythonChecks(t.Context(), inspection{machine: m, wanted: private, about: Subject{Command: "tunegate"}})
			if checks[0].Name != "venv" || checks[1].Fix != "tunegate setup --tools" {
				t.Errorf("%+v", checks)
			}
			return checks[0]
		}},
		"no compiler": {map[string]string{"go": goodGo, "g++": ""}, "touch $BIN/gcc", func(t *testing.T, m machine.Machine) check.Check {
			return ollamaChecks(t.Context(), inspection{machine: m, wanted: private})[1]
		}},
		"no card where one is declared": {nil, "printf '#!/bin/sh\n%s' '" + smi + "' > $BIN/nvidia-smi", func(t *testing.T, m machine.Machine) check.Check {
			return gpuCheck(t.Context(), withDevice(t, inspection{machine: m, wanted: wanted4090}))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, tt.programs)
			bin, err := m.LookPath("nothing")
			if err == nil {
				t.Fatal("found nothing")
			}
			bin = filepath.Dir(bin)
			stand := t.TempDir()
			proctest.WriteFile(t, filepath.Join(stand, "sudo"), `#!/bin/sh
exec "$@"`)
			proctest.WriteFile(t, filepath.Join(stand, "apt-get"), "#!/bin/sh\n[ \"$1\" = install ] || exit 1\n"+tt.brings+"\nchmod +x $BIN/*")
			broken := tt.look(t, m)
			if broken.Level != check.Fail {
				t.Fatalf("%+v", broken)
			}
			follow(t, broken.Fix, "BIN="+bin, "PATH="+stand+":"+os.Getenv("PATH"))
			if fixed := tt.look(t, m); fixed.Level != check.OK {
				t.Errorf("after %q: %+v", broken.Fix, fixed)
			}
		})
	}
}

func TestFixesOfHomes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		damage func(t *testing.T, m machine.Machine)
		look   func(t *testing.T, m machine.Machine) check.Check
		says   string
	}{
		"a changed result": {func(t *testing.T, m machine.Machine) {
			draft, err := m.Store().Begin("export", store.Digest("in"))
			if err != nil {
				t.Fatal(err)
			}
			proctest.WriteFile(t, filepath.Join(draft.Dir, "model.gguf"), "weights")
			entry, err := draft.Commit(store.Result{})
			if err != nil {
				t.Fatal(err)
			}
			path := entry.Path("model.gguf")
			before, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			proctest.WriteFile(t, path, "wEights")
			if err := os.Chtimes(path, before.ModTime(), before.ModTime()); err != nil {
				t.Fatal(err)
			}
			if _, err := m.Store().Get("export", store.Digest("in")); err != nil {
				t.Fatal("the damage is seen without reading: ", err)
			}
		}, func(t *testing.T, m machine.Machine) check.Check { return storeCheck(t.Context(), m, "tunegate") }, "content changed"},
		"a changed blob": {func(t *testing.T, m machine.Machine) {
			proctest.WriteFile(t, filepath.Join(m.Home, "ollama-private", "models", "blobs", "sha256-"+strings.Repeat("0", 64)), "weights")
		}, func(t *testing.T, m machine.Machine) check.Check { return modelsCheck(t.Context(), m, "tunegate") }, "do not match their digests"},
		"an open home": {func(t *testing.T, m machine.Machine) {
			proctest.WriteFile(t, filepath.Join(m.Home, "lock"), "")
			if err := os.Chmod(m.Home, 0o777); err != nil {
				t.Fatal(err)
			}
		}, func(_ *testing.T, m machine.Machine) check.Check { return homeCheck(t.Context(), of(m.Home)) }, "everyone can write"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, nil)
			if got := tt.look(t, m); got.Level != check.OK {
				t.Fatalf("%+v", got)
			}
			tt.damage(t, m)
			broken := tt.look(t, m)
			if broken.Level != check.Fail || !strings.Contains(broken.Found, tt.says) {
				t.Fatalf("%+v", broken)
			}
			follow(t, broken.Fix)
			if fixed := tt.look(t, m); fixed.Level != check.OK {
				t.Errorf("after %q: %+v", broken.Fix, fixed)
			}
		})
	}
}

// A server that the config names is down, and is started as doctor says.
func TestFixOfASharedServer(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	got := sharedCheck(t.Context(), "http://"+address)
	if got.Level != check.Fail || !strings.Contains(got.Fix, "`OLLAMA_HOST="+address+" ollama serve`") {
		t.Errorf("%+v", got)
	}
	if listener, err = net.Listen("tcp", address); err != nil {
		t.Skip("another process took the port")
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"version":"0.17.4"}`))
	})}
	go server.Serve(listener)
	defer server.Close()
	if got := sharedCheck(t.Context(), "http://"+address); got.Level != check.OK {
		t.Errorf("%+v", got)
	}
}
