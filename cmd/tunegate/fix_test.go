package main

import (
	"encoding/json"
	"errors"
	"os/exec"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tunegate/tunegate/internal/check"
)

// fix plays a newcomer: it asks the doctor about the repository in demo, types
// what the first failed check says, and asks again until nothing would stop a
// run. The checks that failed first, in turn, must be those named.
func fix(ts *testscript.TestScript, _ bool, args []string) {
	var failed []string
	for len(failed) <= len(args) {
		err := ts.Exec("tunegate", "-q", "-C", "demo", "--json", "doctor")
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			ts.Check(err)
		}
		var checks []check.Check
		if err := json.Unmarshal([]byte(ts.ReadFile("stdout")), &checks); err != nil {
			ts.Fatalf("%v: %s%s", err, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
		}
		i := slices.IndexFunc(checks, func(c check.Check) bool { return c.Level == check.Fail })
		if i < 0 {
			break
		}
		ts.Logf("%+v", checks[i])
		failed = append(failed, checks[i].Name)
		typed(ts, checks[i].Fix)
	}
	if !slices.Equal(failed, args) {
		ts.Fatalf("failed %v, want %v", failed, args)
	}
}

// typed runs the command of a check in a shell that lasts: what it exports
// holds for the commands after it.
func typed(ts *testscript.TestScript, fix string) {
	command := fix
	if parts := strings.Split(fix, "`"); len(parts) > 2 {
		command = parts[1]
	}
	if name, found := strings.CutPrefix(command, "unset "); found {
		ts.Setenv(name, "")
		return
	}
	if assignment, found := strings.CutPrefix(command, "export "); found {
		name, value, _ := strings.Cut(assignment, "=")
		ts.Setenv(name, strings.ReplaceAll(value, "$HOME", ts.Getenv("HOME")))
		return
	}
	ts.Check(ts.Exec("sh", "-c", command))
}
