package ollama

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// fakeGo plays the go command: it wants the pinned module around it, knows where
// the header module is, and "compiles" what FAKE_BINARY says.
const fakeGo = `#!/bin/sh
grep -q 'github.com/ollama/ollama v' go.mod && grep -q h1: go.sum || exit 3
[ "$CGO_ENABLED $GOPROXY $GOWORK $GOFLAGS $SECRET_TOKEN" = "1 off off -mod=readonly " ] || exit 4
case "$*" in
*"{{.Module.Dir}}"*) echo "go: downloading"; echo "$HOME" ;;
list*) echo one; echo two ;;
build*) [ -e miniaudio/miniaudio.h ] || exit 5
	while [ "$1" != -o ]; do shift; done
	%s ;;
esac
`

// fakeTools finds only programs made here. Its headers come from packages.
func fakeTools(t *testing.T, compile string) (Tools, string) {
	dir := t.TempDir()
	proctest.WriteFile(t, filepath.Join(dir, "go"), fmt.Sprintf(fakeGo, compile))
	proctest.WriteFile(t, filepath.Join(dir, "miniaudio.h"), "")
	for _, name := range []string{"gcc", "g++"} {
		proctest.WriteFile(t, filepath.Join(dir, name), "#!/bin/sh\n")
	}
	proctest.WriteFile(t, filepath.Join(dir, "apt-get"), "#!/bin/sh\ncase \"$*\" in download*) exit 100;; *update) touch updated;; *) [ -e updated ] && touch a.deb;; esac\n")
	proctest.WriteFile(t, filepath.Join(dir, "dpkg-deb"), "#!/bin/sh\nmkdir -p \"$3/usr/include/nlohmann\" \"$3/usr/include/stb\"\ntouch \"$3/usr/include/nlohmann/json.hpp\" \"$3/usr/include/stb/stb_image.h\"\n")
	find := func(name string) (string, error) {
		path := filepath.Join(dir, name)
		_, err := os.Stat(path)
		return path, err
	}
	return Tools{LookPath: find, Env: append(os.Environ(), "HOME="+dir, "GOPROXY=off", "GOWORK=/home/go.work", "GOFLAGS=-mod=vendor -race", "SECRET_TOKEN=x")}, dir
}

func TestBuild(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "with space")
	var log bytes.Buffer
	var did []string
	build := func(compile string) (Binary, error) {
		tools, _ := fakeTools(t, compile)
		did = nil
		return Build(t.Context(), proctest.Launcher(t), home, tools, &log, func(doing string, _ time.Duration) { did = append(did, doing) })
	}
	none := func(string) (string, error) { return "", exec.ErrNotFound }

	if _, err := build(`printf half > "$2"; echo "x.cpp: no such header" >&2; exit 1`); err == nil ||
		!strings.Contains(err.Error(), "compiling Ollama: go: exit code 1\n| x.cpp: no such header") {
		t.Errorf("failed: %v", err)
	}
	if got, err := FindBinary(home, none); err == nil {
		t.Errorf("a half-made binary is used: %v", got)
	}
	made, err := build(`printf whole > "$2"`)
	if err != nil || made.Version != PinnedVersion {
		t.Fatalf("%v, %v\n%s", made, err, &log)
	}
	if data, err := os.ReadFile(made.Path); err != nil || string(data) != "whole" {
		t.Errorf("%q, %v", data, err)
	}
	if entries, err := os.ReadDir(filepath.Dir(made.Path)); err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if last := did[len(did)-1]; last != "compiling Ollama" {
		t.Errorf("last told %q", last)
	}
	again, err := build("exit 1")
	if err != nil || again != made || did != nil {
		t.Errorf("again: %v, %v, did %q", again, err, did)
	}
	if found, err := FindBinary(home, none); err != nil || found != made {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestBuildWithoutATool(t *testing.T) {
	t.Parallel()
	for name, hint := range map[string]string{"go": "go.dev/dl", "gcc": "apt-get install gcc", "g++": "apt-get install g++"} {
		tools, dir := fakeTools(t, "")
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		home := t.TempDir()
		_, err := Build(t.Context(), proctest.Launcher(t), home, tools, t.Output(), func(string, time.Duration) {})
		if err == nil || !strings.Contains(err.Error(), name+" is missing") || !strings.Contains(err.Error(), hint) {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
			t.Errorf("%s: left %v, %v", name, left, err)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	tools, dir := fakeTools(t, "")
	b := &builder{launcher: proctest.Launcher(t), tools: tools, programs: map[string]string{}, log: t.Output(), progress: func(string, time.Duration) {}}
	folder := filepath.Join(t.TempDir(), "headers")
	for range 2 {
		include, err := b.headers(t.Context(), folder, nil)
		if err != nil || include != filepath.Join(folder, "usr", "include") {
			t.Fatalf("%q, %v", include, err)
		}
		proctest.WriteFile(t, filepath.Join(dir, "apt-get"), "#!/bin/sh\nexit 1\n")
	}
	if left, err := os.ReadDir(filepath.Dir(folder)); err != nil || len(left) != 1 {
		t.Errorf("left %v, %v", left, err)
	}
	if include, err := b.headers(t.Context(), "/none", []string{"/none", filepath.Join(folder, "usr", "include")}); err != nil || include == "" {
		t.Errorf("the system's: %q, %v", include, err)
	}
	other := filepath.Join(t.TempDir(), "headers")
	if _, err := b.headers(t.Context(), other, nil); err == nil || !strings.Contains(err.Error(), headerHint) {
		t.Errorf("no network: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "dpkg-deb")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.headers(t.Context(), other, nil); err == nil || !strings.Contains(err.Error(), headerHint) {
		t.Errorf("not Debian: %v", err)
	}
}

func TestBuildEnv(t *testing.T) {
	t.Parallel()
	got := buildEnv([]string{"PATH=/bin", "GITHUB_TOKEN=x", "GOPROXY=direct", "GOAUTH=x", "CGO_CFLAGS=-O0", "INPUT_X=y", "HOME=/h"})
	if want := []string{"PATH=/bin", "GOPROXY=direct", "HOME=/h"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}
