package proc

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// trees are scripts that start n processes in the working folder, each of which
// writes its number to a file and never ends by itself.
var trees = []struct {
	name   string
	script string
	n      int
}{
	{"one", `echo $$ >1.pid; exec sleep 100`, 1},
	{"term ignored", `trap "" TERM; echo $$ >1.pid; while :; do sleep 1; done`, 1},
	{"grandchildren", `
		sh -c 'echo $$ >1.pid; sh -c "echo \$\$ >2.pid; exec sleep 100" & exec sleep 100' &
		echo $$ >3.pid; exec sleep 100`, 3},
	{"own session", `
		setsid sh -c 'echo $$ >1.pid; exec sleep 100' &
		echo $$ >2.pid; exec sleep 100`, 2},
	{"daemon that ignores term", `
		setsid sh -c 'trap "" TERM; (echo $(exec sh -c "echo \$PPID") >1.pid; while :; do sleep 1; done) & exit 0'
		echo $$ >2.pid; exec sleep 100`, 2},
}

// withinLimit is the promise: everything is gone 5 s after tunegate is.
const withinLimit = 5 * time.Second

func TestEndOfTheTree(t *testing.T) {
	t.Parallel()
	for _, tree := range trees {
		t.Run(tree.name, func(t *testing.T) {
			t.Parallel()
			for _, network := range networks[1:] {
				t.Run("killed in the "+string(network)+" network", func(t *testing.T) {
					t.Parallel()
					killTunegate(t, tree.script, tree.n, network)
				})
			}
			for way, end := range map[string]func(p *Process, cancel func()){
				"stop":   func(p *Process, _ func()) { p.Stop() },
				"cancel": func(_ *Process, cancel func()) { cancel() },
			} {
				t.Run(way, func(t *testing.T) {
					t.Parallel()
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					c := script(tree.script)
					c.Dir = t.TempDir()
					p, err := launcher(t).Start(ctx, c)
					if err != nil {
						t.Fatal(err)
					}
					processes := pids(t, c.Dir, tree.n)
					end(p, cancel)
					err = p.Wait()
					if way == "cancel" && !errors.Is(err, context.Canceled) || way == "stop" && err != nil {
						t.Errorf("Wait: %v", err)
					}
					awaitEnd(t, processes, 0)
				})
			}
			t.Run("kill", func(t *testing.T) {
				t.Parallel()
				killTunegate(t, tree.script, tree.n, SharedNetwork)
			})
		})
	}
}

// killTunegate kills a tunegate that has started a tree of n processes, which must
// be gone then, with all that prepared their network.
func killTunegate(t *testing.T, script string, n int, network Network) {
	t.Helper()
	dir := t.TempDir()
	tunegate := exec.Command(launcher(t).Guard[0], "tunegate", string(network), script)
	tunegate.Dir = dir
	if err := tunegate.Start(); err != nil {
		t.Fatal(err)
	}
	processes := pids(t, dir, n)
	own, _ := filepath.EvalSymlinks(dir)
	all := workingIn(own)
	if len(all) < len(processes)+2 {
		t.Errorf("%d processes of %s, want also tunegate and its guard", len(all), own)
	}
	if err := tunegate.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	tunegate.Wait()
	awaitEnd(t, append(processes, all...), withinLimit)
}

// workingIn are the processes whose working folder this is.
func workingIn(dir string) (found []int) {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		if target, _ := os.Readlink(link); target == dir {
			pid, _ := strconv.Atoi(strings.Split(link, "/")[2])
			found = append(found, pid)
		}
	}
	return found
}

func TestChildThatEndsLeavesNothing(t *testing.T) {
	t.Parallel()
	c := script(`(trap "" TERM; setsid sh -c 'echo $$ >1.pid; exec sleep 100') & 
		while [ ! -s 1.pid ]; do sleep .01; done; exit 4`)
	c.Dir = t.TempDir()
	_, err := run(t, c)
	var exit *ExitError
	if !errors.As(err, &exit) || exit.Code != 4 {
		t.Errorf("Wait: %v", err)
	}
	awaitEnd(t, pids(t, c.Dir, 1), 0)
}

// A lifeline that a sibling inherits would keep the first child alive.
func TestSiblingsHaveLifelinesOfTheirOwn(t *testing.T) {
	t.Parallel()
	var dirs []string
	var processes []*Process
	for range 3 {
		c := script(trees[0].script)
		c.Dir = t.TempDir()
		p, err := launcher(t).Start(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		dirs, processes = append(dirs, c.Dir), append(processes, p)
	}
	var numbers []int
	for _, dir := range dirs {
		numbers = append(numbers, pids(t, dir, 1)...)
	}
	for i, p := range processes {
		p.Stop()
		p.Stop()
		select {
		case <-p.done:
		case <-time.After(20 * time.Second):
			t.Fatalf("child %d is kept alive", i)
		}
		if err := p.Wait(); err != nil {
			t.Errorf("child %d: %v", i, err)
		}
		for _, later := range numbers[i+1:] {
			if !running(later) {
				t.Errorf("the end of child %d ended another", i)
			}
		}
	}
}

func TestGuardSurvivesTheTerminal(t *testing.T) {
	t.Parallel()
	log, err := run(t, script("for s in INT TERM HUP; do kill -$s $PPID; done; sleep .2; cut -d' ' -f5 /proc/$PPID/stat /proc/$$/stat | sort -u | wc -l"))
	if err != nil || strings.TrimSpace(log) != "2" {
		t.Errorf("%q process groups, %v", log, err)
	}
}

func TestChildDiesWithItsGuard(t *testing.T) {
	t.Parallel()
	c := script("echo $$ >1.pid; kill -9 $PPID; while :; do :; done")
	c.Dir = t.TempDir()
	_, err := run(t, c)
	if err == nil || !strings.Contains(err.Error(), "guard process was killed from outside: signal: killed") {
		t.Errorf("Wait: %v", err)
	}
	awaitEnd(t, pids(t, c.Dir, 1), withinLimit)
}

func TestGuardIsNotForUsers(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"lines"}, {"-h"}, {"sh", "-c", "exit 0"}, {"no-lines", "shared", "/bin/true"}, {"no-lines", "all", "/bin/true"}, {"inside"}, {"inside", "lines"}} {
		cmd := exec.Command(launcher(t).Guard[0], append([]string{"guard"}, args...)...)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != misused || !bytes.Contains(out, []byte("only tunegate itself")) {
			t.Errorf("guard %q: %v, %s", args, err, out)
		}
	}
}
