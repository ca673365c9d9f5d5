package python

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// python3 is the machine's real Python.
func python3(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	} else if err != nil {
		t.Skipf("SKIPPED, so nothing is tried with a real Python: %v", err)
	}
	return path
}

func TestFindOwn(t *testing.T) {
	t.Parallel()
	m := newMachine(t, map[string]string{"uv": fakeUV, "python3": fakePython})
	find := func() error {
		_, err := Find(t.Context(), proctest.Launcher(t), m.home, m.tools(), "")
		return err
	}
	if err := find(); !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "run `tunegate setup`") {
		t.Error(err)
	}
	made, err := m.install(t, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	if err := find(); err != nil {
		t.Error(err)
	}

	// The machine's Python is replaced by another version.
	if err := os.Rename(filepath.Join(m.dir, "python3"), filepath.Join(m.dir, "python3.99")); err != nil {
		t.Fatal(err)
	}
	if err := find(); !errors.Is(err, ErrMissing) {
		t.Errorf("without the Python behind it: %v", err)
	}
	if err := os.Symlink("python3.99", filepath.Join(m.dir, "python3")); err != nil {
		t.Fatal(err)
	}
	if err := find(); !errors.Is(err, ErrMissing) {
		t.Errorf("with another Python behind it: %v", err)
	}
	if err := os.Remove(filepath.Join(filepath.Dir(filepath.Dir(made.Path)), readyName)); err != nil {
		t.Fatal(err)
	}
	if err := find(); !errors.Is(err, ErrMissing) {
		t.Errorf("without READY: %v", err)
	}
}

func TestFindConfigured(t *testing.T) {
	t.Parallel()
	m := newMachine(t, map[string]string{"mine": fakePython, "broken": "echo no such module; exit 1", "mute": "exit 0", "odd": "echo x >&3"})
	for configured, says := range map[string]string{
		"mine":                       "",
		filepath.Join(m.dir, "mine"): "",
		"absent":                     `runner.python: stat `,
		"broken":                     "exit code 1\n| no such module (hint: install these versions there",
		"mute":                       "torch is missing (needs 2.15.0), transformers is missing",
		"odd":                        "its answer is not valid JSON",
	} {
		found, err := Find(t.Context(), proctest.Launcher(t), m.home, m.tools(), configured)
		switch {
		case says == "" && (err != nil || found.Path != filepath.Join(m.dir, "mine")):
			t.Errorf("%s: %q, %v", configured, found.Path, err)
		case says != "" && (err == nil || !strings.Contains(err.Error(), says)):
			t.Errorf("%s: %v, want %q", configured, err, says)
		}
	}

	m.answer(t, map[string]string{"torch": "2.1.0", "transformers": "5.23.0"})
	_, err := Find(t.Context(), proctest.Launcher(t), m.home, m.tools(), "mine")
	if err == nil || !strings.Contains(err.Error(), "mine: torch is 2.1.0 (needs 2.15.0), trl is missing (needs 1.16.0)") {
		t.Error(err)
	}
	relative := m.tools()
	relative.LookPath = func(name string) (string, error) { return name, nil }
	if _, err := Find(t.Context(), proctest.Launcher(t), m.home, relative, "venv/bin/python"); err == nil || !strings.Contains(err.Error(), "relative path") {
		t.Error(err)
	}
}

func TestFindAsksARealPython(t *testing.T) {
	t.Parallel()
	venv := filepath.Join(t.TempDir(), "venv")
	if out, err := exec.Command(python3(t), "-m", "venv", "--without-pip", venv).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	packages, err := filepath.Glob(filepath.Join(venv, "lib", "python3*", "site-packages"))
	if err != nil || len(packages) != 1 {
		t.Fatal(packages, err)
	}
	tools := Tools{LookPath: exec.LookPath, Env: os.Environ()}
	for i, p := range pins() {
		if i == 0 || i == len(pins())-1 {
			_, err := Find(t.Context(), proctest.Launcher(t), t.TempDir(), tools, executable(venv))
			if err == nil || !strings.Contains(err.Error(), p.name+" is missing (needs "+p.version+")") || strings.Count(err.Error(), "missing") != len(pins())-i {
				t.Fatal(err)
			}
		}
		info := filepath.Join(packages[0], strings.ReplaceAll(p.name, "-", "_")+"-"+p.version+".dist-info")
		if err := os.Mkdir(info, 0o755); err != nil {
			t.Fatal(err)
		}
		metadata := "Metadata-Version: 2.1\nName: " + p.name + "\nVersion: " + p.version + "\n"
		if err := os.WriteFile(filepath.Join(info, "METADATA"), []byte(metadata), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Find(t.Context(), proctest.Launcher(t), t.TempDir(), tools, executable(venv)); err != nil {
		t.Error(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Find(cancelled, proctest.Launcher(t), t.TempDir(), tools, executable(venv)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := `
import json, os, sys, site, sibling
seen = {"args": sys.argv[1:], "cwd": os.getcwd(), "env": dict(os.environ), "user": site.ENABLE_USER_SITE, "sibling": sibling.there}
os.write(3, json.dumps(seen).encode() + b"\n")
`
	for name, text := range map[string]string{"show.py": program, "sibling.py": "there = True"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	i := Interpreter{Path: python3(t), ProgramsDir: dir, Home: t.TempDir(), Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=/elsewhere"}}
	c := i.Command("show.py", "--spec", "/a b")
	var got struct {
		Args          []string
		CWD           string
		Env           map[string]string
		User, Sibling bool
	}
	c.Lines = func(line []byte) {
		if err := json.Unmarshal(line, &got); err != nil {
			t.Error(err)
		}
	}
	var log bytes.Buffer
	c.Log = &log
	child, err := proctest.Launcher(t).Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err != nil {
		t.Fatalf("%v: %s", err, log.String())
	}
	if c.Name != "show" || !slices.Equal(got.Args, []string{"--spec", "/a b"}) || got.CWD != i.Home || got.User || !got.Sibling {
		t.Errorf("%s: %+v", c.Name, got)
	}
	for name, want := range map[string]string{"HOME": i.Home, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "PYTHONHASHSEED": "0"} {
		if got.Env[name] != want {
			t.Errorf("%s=%q, want %q", name, got.Env[name], want)
		}
	}
}

// A program reaches nothing but its own loopback device: libraries may need that.
func TestProgramsHaveNoNetwork(t *testing.T) {
	t.Parallel()
	proctest.NeedIsolation(t)
	outside, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer outside.Close()
	dir := t.TempDir()
	program := `
import os, socket, sys

def reaches(address):
    try:
        socket.create_connection(address, timeout=5).close()
    except OSError as wrong:
        return type(wrong).__name__
    return "reached"

own = socket.create_server(("127.0.0.1", 0))
print(reaches(("127.0.0.1", int(sys.argv[1]))), reaches(("192.0.2.1", 80)), reaches(own.getsockname()))
`
	if err := os.WriteFile(filepath.Join(dir, "reach.py"), []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	i := Interpreter{Path: python3(t), ProgramsDir: dir, Home: t.TempDir(), Env: []string{"PATH=" + os.Getenv("PATH")}}
	_, port, _ := net.SplitHostPort(outside.Addr().String())
	said, err := proctest.Launcher(t).Run(t.Context(), i.Command("reach.py", port), nil)
	if want := "ConnectionRefusedError OSError reached"; err != nil || said.String() != want {
		t.Errorf("%q, %v, want %q", said, err, want)
	}
}
