package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the transcripts of testdata/script with the real binary.
// Beside testscript's own commands they have `exits CODE PROGRAM ARGS...`,
// `demo DIR`, which writes the demo's repository, and `fix CHECK...`, see fix. The
// condition `released` holds as soon as there is a release that init names.
func TestScripts(t *testing.T) {
	t.Parallel()
	binary := buildTunegate(t)
	home := toolsHome(t)
	root := filepath.Join("..", "..", "testdata")
	demo, err := filepath.Abs(filepath.Join(root, "demo"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join(root, "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("TUNEGATE_HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("TUNEGATE_DIR", filepath.Dir(binary))
			env.Setenv("TOOLS", home)
			git, err := exec.LookPath("git")
			if err != nil {
				return err
			}
			env.Setenv("GIT", git)
			for name, value := range map[string]string{
				"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_SYSTEM": os.DevNull,
				"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@localhost",
				"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@localhost",
			} {
				env.Setenv(name, value)
			}
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "released" {
				return false, fmt.Errorf("no condition %q", name)
			}
			return released != "", nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": func(ts *testscript.TestScript, _ bool, args []string) {
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				err = ts.Exec(args[1], args[2:]...)
				got := 0
				var exit *exec.ExitError
				if errors.As(err, &exit) {
					got = exit.ExitCode()
				} else {
					ts.Check(err)
				}
				if got != want {
					ts.Fatalf("%v exited %d, want %d", args[1:], got, want)
				}
			},
			"fix": fix,
			"demo": func(ts *testscript.TestScript, _ bool, args []string) {
				dir := ts.MkAbs(args[0])
				ts.Check(os.MkdirAll(dir, 0o755))
				ts.Check(ts.Exec("bash", filepath.Join(demo, "make_repo.sh"), dir))
			},
		},
	})
}
