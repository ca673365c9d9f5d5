// Package check holds what the doctor finds of one thing, and what fixes it, in a form
// for people and for scripts.
package check

import (
	"slices"
	"strings"
)

// Level says how much a check matters.
type Level string

// The levels of a check.
const (
	OK   Level = "ok"
	Warn Level = "warn" // a run goes on, with something that its owner should know
	Fail Level = "fail" // a run would stop, or its result could not be relied on
)

// Check is one thing that was looked at.
type Check struct {
	Name  string `json:"name"`
	Level Level  `json:"level"`
	Found string `json:"found"`
	Fix   string `json:"fix,omitempty"` // a command, or words with commands and keys in backquotes; empty where Level is OK
}

// Passed is a check of something that is as it should be.
func Passed(name, found string) Check { return Check{Name: name, Level: OK, Found: found} }

// Warned is a check of something that stops no run.
func Warned(name, found, fix string) Check {
	return Check{Name: name, Level: Warn, Found: found, Fix: fix}
}

// Failed is a check of something that would stop a run.
func Failed(name, found, fix string) Check {
	return Check{Name: name, Level: Fail, Found: found, Fix: fix}
}

// Stopped is a check that failed with an error. The error's own hint, where it ends
// with one, is the fix before any other.
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

// Healthy says whether nothing would stop a run.
func Healthy(checks []Check) bool {
	return !slices.ContainsFunc(checks, func(c Check) bool { return c.Level == Fail })
}
