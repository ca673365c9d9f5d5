package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
)

// startedBy lists the processes that a tunegate of this home started, each with its
// environment.
func startedBy(t *testing.T, home string) map[int][]string {
	t.Helper()
	found := map[int][]string{}
	paths, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(data, []byte(`TUNEGATE_STARTED_BY={"Home":"`+home+`"`)) {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		found[pid] = strings.Split(strings.TrimRight(string(data), "\x00"), "\x00")
	}
	return found
}

// TestHook kills a run with the guards of its children, as a runner's sweep does, and
// has the hook of the next job clear it up. A run that is alive is left alone.
func TestHook(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	hook := func(event string) string {
		t.Helper()
		cmd := l.command("hook", event)
		var said bytes.Buffer
		cmd.Stderr = &said
		if err := cmd.Run(); err != nil {
			t.Errorf("hook %s: %v\n%s", event, err, said.String())
		}
		return said.String()
	}
	run := l.command("run", "--base", "main", "--head", "improve")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	var children map[int][]string
	for deadline := time.After(5 * time.Minute); len(children) < 2; { // a guard and what it guards
		select {
		case err := <-ended:
			t.Fatalf("the run ended before it started anything: %v", err)
		case <-deadline:
			t.Fatal("the run started nothing")
		case <-time.After(10 * time.Millisecond):
			children = startedBy(t, l.home)
		}
	}
	if said := hook("started"); said != "" {
		t.Errorf("beside a live run: %s", said)
	}
	select {
	case err := <-ended:
		t.Fatalf("the hook ended a live run: %v", err)
	default:
	}

	// What a child's child is: it has the child's environment, and its parent is gone.
	var environ []string
	for _, environ = range children {
	}
	escaped := exec.Command("sleep", "1000")
	escaped.Env, escaped.SysProcAttr = environ, &syscall.SysProcAttr{Setsid: true}
	neighbour := exec.Command("sleep", "1000")
	neighbour.Env = slices.Clone(environ)
	for i, entry := range neighbour.Env {
		neighbour.Env[i] = strings.Replace(entry, l.home, t.TempDir(), 1)
	}
	for _, cmd := range []*exec.Cmd{escaped, neighbour} {
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cmd.Process.Kill() })
	}
	gone := make(chan error, 1)
	go func() { gone <- escaped.Wait() }()

	if err := run.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ended
	for pid := range children {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	said := hook("completed")
	for _, want := range []string{"ended processes that a killed tunegate left: ", "sleep (process " + strconv.Itoa(escaped.Process.Pid) + ")", "cleaned up after an earlier command: 1 run"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q does not say %q", said, want)
		}
	}
	select {
	case <-gone:
	case <-time.After(goneWithin):
		t.Error("what the run left is running")
	}
	if left := startedBy(t, l.home); len(left) > 0 {
		t.Errorf("running: %v", left)
	}
	if err := neighbour.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("another home's process was ended: %v", err)
	}
	records, err := runs.All(l.home)
	if err != nil || len(records) != 1 || records[0].State != step.Interrupted {
		t.Errorf("%v, %v", records, err)
	}
	if said := hook("started"); said != "" {
		t.Errorf("again: %s", said)
	}
}
