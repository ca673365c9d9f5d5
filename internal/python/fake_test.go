package python

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/proc/proctest"
)

// machine is a folder of fake programs that write what they are asked to calls
// and what they see to env.
type machine struct {
	dir  string
	home string
}

// newMachine makes the fake programs: name and shell commands. The commands of
// "python3" are those of the environments' interpreters too.
func newMachine(t *testing.T, programs map[string]string) machine {
	t.Helper()
	m := machine{dir: t.TempDir(), home: t.TempDir()}
	for name, commands := range programs {
		text := fmt.Sprintf("#!/bin/sh\ncd %s\nprintf '%%s\\n' \"%s $*\" >>calls\nenv >env\n%s\n", m.dir, name, commands)
		proctest.WriteFile(t, filepath.Join(m.dir, name), text)
	}
	versions := map[string]string{}
	for _, p := range pins() {
		versions[p.name] = p.version
	}
	versions["torch"] += "+cu999"
	m.answer(t, versions)
	return m
}

// answer says which packages the fake Python has.
func (m machine) answer(t *testing.T, versions map[string]string) {
	t.Helper()
	data, err := json.Marshal(versions)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(m.dir, "versions.json"), append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (m machine) tools() Tools {
	return Tools{
		LookPath: func(name string) (string, error) {
			path := name
			if !filepath.IsAbs(name) {
				path = filepath.Join(m.dir, name)
			}
			_, err := os.Stat(path)
			return path, err
		},
		Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=/users/home", "PIP_INDEX_URL=i", "UV_INDEX=u", "GITHUB_TOKEN=secret"},
	}
}

func (m machine) install(t *testing.T, log io.Writer) (Interpreter, error) {
	t.Helper()
	return Install(t.Context(), proctest.Launcher(t), m.home, m.tools(), log, func(string, time.Duration) {})
}

// calls returns what the programs were asked, with short names for the folders
// and without the Python code.
func (m machine) calls(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(m.dir, "calls"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	text := strings.NewReplacer(
		usableProgram+versionsProgram, "VERSIONS", usableProgram+venvProgram, "USABLE",
		pipSettingsProgram, "PIPSETTINGS", uvSettingsProgram, "UVSETTINGS",
		environmentDir(m.home), "ENV", m.dir, "DIR").Replace(string(data))
	return text
}

// files lists what is under home, except what is in environments.
func (m machine) files(t *testing.T) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(os.DirFS(rootDir(m.home)), ".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && path != "." && strings.Count(path, "/") == 0 {
			found = append(found, strings.ReplaceAll(path, filepath.Base(environmentDir(m.home)), "ENV"))
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return found
}

const (
	fakeUV = `case $1 in
venv) for folder; do :; done; mkdir -p $folder/bin && ln -s $PWD/python3 $folder/bin/python ;;
esac`
	fakePython = `case "$1 $2" in
"-I -c") if [ $# -gt 3 ]; then cat versions.json >&3; fi ;;
"-m venv") mkdir -p $3/bin && ln -s $PWD/python3 $3/bin/python ;;
esac`
)
