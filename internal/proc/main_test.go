package proc

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary be the guard, and a tunegate that runs a
// script until it is killed.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "guard":
		os.Exit(Guard(os.Args[2:], os.Environ(), os.Stderr))
	case len(os.Args) > 2 && os.Args[1] == "visit":
		visit(os.Args[2])
		os.Exit(0)
	case len(os.Args) > 1 && os.Args[1] == "try":
		fmt.Println(Launcher{Guard: []string{os.Args[0], "guard"}}.TryIsolation())
		os.Exit(0)
	case len(os.Args) > 3 && os.Args[1] == "answer":
		os.Exit(answer(os.Args[2], os.Args[3]))
	case len(os.Args) > 3 && os.Args[1] == "tunegate":
		l := Launcher{Guard: []string{os.Args[0], "guard"}}
		if home := os.Getenv("HOME_OF_THE_TEST"); home != "" {
			l.Mark, _ = NewMark(home, os.Getenv("RUNNER_NAME"))
		}
		c := script(os.Args[3])
		c.Network = Network(os.Args[2])
		var p *Process
		err := Hide() // as the real one does
		if err == nil {
			p, err = l.Start(context.Background(), c)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		p.Wait()
		os.Exit(0)
	}
	flag.Set("test.parallel", "32") // the tests wait, they do not compute
	os.Exit(m.Run())
}

func launcher(t *testing.T) Launcher {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Launcher{Guard: []string{self, "guard"}}
}

func script(text string) Command {
	return Command{Name: "script", Path: "/bin/sh", Args: []string{"-c", text}, Env: []string{"PATH=" + os.Getenv("PATH")}}
}

// run runs a command to its end and returns what it logged.
func run(t *testing.T, c Command) (string, error) {
	t.Helper()
	var log bytes.Buffer
	c.Log = &log
	p, err := launcher(t).Start(t.Context(), c)
	if err != nil {
		return "", err
	}
	err = p.Wait()
	return log.String(), err
}

// pids waits until n processes have written their number to a file of their
// own in dir, and returns the numbers.
func pids(t *testing.T, dir string, n int) []int {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		var found []int
		files, _ := filepath.Glob(filepath.Join(dir, "*.pid"))
		for _, file := range files {
			data, _ := os.ReadFile(file)
			if pid, err := strconv.Atoi(strings.TrimSpace(string(data))); err == nil {
				found = append(found, pid)
			}
		}
		if len(found) == n {
			return found
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d processes have started", len(found), n)
		}
	}
}

// running says whether a process exists and is not a zombie.
func running(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !bytes.Contains(data, []byte(") Z "))
}

// awaitEnd fails the test when a process runs on for longer than limit.
func awaitEnd(t *testing.T, processes []int, limit time.Duration) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for _, pid := range processes {
		for running(pid) {
			if time.Now().After(deadline) {
				t.Fatalf("process %d of %v is there after %v", pid, processes, limit)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}
