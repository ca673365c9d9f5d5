// Package check holds one finding of the doctor, with its fix, in a form
// for people and for scripts.
package check

import (
	"slices"
	"strings"
)

// Level is the severity of a check.
type Level string

// The levels of a check.
const (
	OK   Level = "ok"
	Warn Level = "warn" // does not stop a run, but its owner should know
	Fail Level = "fail" // would stop a run, or make its result unreliable
)

// Check is the result of one check.
type Check struct {
	Name  string `json:"name"`
	Level Level  `json:"level"`
	Found string `json:"found"`
	Fix   string `json:"fix,omitempty"` // a command, or words with commands and keys in backquotes; empty if Level is OK
}

// Passed is a check without a problem.
func Passed(name, found string) Check { return Check{Name: name, Level: OK, Found: found} }

// Warned is a check with a problem that stops no run.
func Warned(name, found, fix string) Check {
	return Check{Name: name, Level: Warn, Found: found, Fix: fix}
}

// Failed is a check with a problem that would stop a run.
func Failed(name, found, fix string) Check {
	return Check{Name: name, Level: Fail, Found: found, Fix: fix}
}

// Stopped is a check that failed with an error. The error's own hint, where it ends
// with one, takes precedence as the fix.
func Stopped(name string, err error, fix string) Check {
	found, hint, hinted := strings.Cut(err.Error(), " (hint: ")
	if !hinted || !strings.HasSuffix(hint, ")") {
		return Failed(name, err.Error(), fix)
	}
	return Failed(name, found, strings.TrimSuffix(hint, ")"))
}

// That passes where ok is true and fails otherwise.
func That(ok bool, name, found, fix string) Check {
	if ok {
		return Passed(name, found)
	}
	return Failed(name, found, fix)
}

// Healthy reports whether nothing would stop a run.
func Healthy(checks []Check) bool {
	return !slices.ContainsFunc(checks, func(c Check) bool { return c.Level == Fail })
}
