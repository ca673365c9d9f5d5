package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// goneWithin is how long children may outlive a killed tunegate.
const goneWithin = 5 * time.Second

// killWhen starts a run, kills tunegate alone once a file that fits the pattern
// has so many lines, and checks that nothing of it is left running.
func (l lab) killWhen(branch, pattern string, lines int) {
	l.Helper()
	cmd := l.command("run", "--base", "main", "--head", branch)
	if err := cmd.Start(); err != nil {
		l.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for deadline := time.After(5 * time.Minute); countLines(pattern) < lines; {
		select {
		case err := <-ended:
			l.Fatalf("the run ended before %s had %d lines: %v", pattern, lines, err)
		case <-deadline:
			l.Fatalf("%s never had %d lines", pattern, lines)
		case <-time.After(20 * time.Millisecond):
		}
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		l.Fatal(err)
	}
	<-ended
	l.expectNothingRunning()
}

func countLines(pattern string) int {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return 0
	}
	most := 0
	for _, path := range paths {
		if data, err := os.ReadFile(path); err == nil {
			most = max(most, bytes.Count(data, []byte("\n")))
		}
	}
	return most
}

// expectNothingRunning waits until no process belongs to the lab's home.
func (l lab) expectNothingRunning() {
	l.Helper()
	var left []string
	for deadline := time.Now().Add(goneWithin); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if left = processesOf(l.home); len(left) == 0 {
			return
		}
	}
	l.Fatalf("still running: %v", left)
}

// processesOf lists the processes that name the home in their command line or
// environment.
func processesOf(home string) []string {
	var found []string
	paths, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil
	}
	for _, path := range paths {
		if path == fmt.Sprintf("/proc/%d", os.Getpid()) {
			continue
		}
		command, _ := os.ReadFile(filepath.Join(path, "cmdline"))
		environ, _ := os.ReadFile(filepath.Join(path, "environ"))
		if bytes.Contains(command, []byte(home)) || bytes.Contains(environ, []byte(home)) {
			found = append(found, strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
	return found
}

// TestInterrupt: Ctrl-C in every stage ends with exit code 130 within 6 s and
// leaves nothing running; what earlier stages made is kept for the next try.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.shorten()
	for _, stage := range workStages() {
		cmd := l.command("run", "--base", "main", "--head", "improve")
		output := newWatcher(string(stage) + ": running")
		cmd.Stderr = output
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		if !output.await(t, ended) {
			t.Fatalf("%s never began:\n%s", stage, output)
		}
		began := time.Now()
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		err := <-ended
		if code := cmd.ProcessState.ExitCode(); code != exitCancelled {
			t.Errorf("%s: exit %d (%v), want %d:\n%s", stage, code, err, exitCancelled, output)
		}
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("%s: stopping took %s", stage, took)
		}
		l.expectNothingRunning()
	}
}

// watcher collects a child's output and says when a text has come.
type watcher struct {
	mutex sync.Mutex
	text  bytes.Buffer
	last  time.Time // when it last said something
	want  string
	seen  chan struct{}
	once  sync.Once
}

// silence is how long a run may say nothing. What it says in long stages comes
// every few seconds, so that this, unlike a limit of its length, holds on a busy
// machine too.
const silence = 5 * time.Minute

func newWatcher(want string) *watcher {
	return &watcher{want: want, seen: make(chan struct{}), last: time.Now()}
}

// await waits until the text has come, and is false where the command ended
// before; what came of it is then in ended again.
func (w *watcher) await(t testing.TB, ended chan error) bool {
	t.Helper()
	for {
		select {
		case <-w.seen:
			return true
		case err := <-ended:
			ended <- err
			return false
		case <-time.After(time.Second):
			if w.silent() > silence {
				t.Fatalf("nothing was said for %s:\n%s", silence, w)
			}
		}
	}
}

func (w *watcher) silent() time.Duration {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return time.Since(w.last)
}

func (w *watcher) Write(p []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.text.Write(p)
	w.last = time.Now()
	if strings.Contains(w.text.String(), w.want) {
		w.once.Do(func() { close(w.seen) })
	}
	return len(p), nil
}

func (w *watcher) String() string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.text.String()
}
