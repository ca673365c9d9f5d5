package proc

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// leave starts a tunegate of a home and runner with a daemon, and kills it with its guard
// unless it is to live.
func leave(t *testing.T, home, runner string, alive bool) int {
	t.Helper()
	cmd := exec.Command(launcher(t).Guard[0], "tunegate", "shared", `setsid sh -c 'echo $$ >1.pid; trap "" TERM; while :; do sleep 1; done' & echo $PPID >2.pid; exec sleep 100`)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "HOME_OF_THE_TEST="+home, "RUNNER_NAME="+runner)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pids(t, cmd.Dir, 2)
	number := func(name string) int {
		data, err := os.ReadFile(filepath.Join(cmd.Dir, name))
		pid, atoiErr := strconv.Atoi(strings.TrimSpace(string(data)))
		if err != nil || atoiErr != nil {
			t.Fatal(err, atoiErr)
		}
		return pid
	}
	daemon, guard := number("1.pid"), number("2.pid")
	t.Cleanup(func() { syscall.Kill(daemon, syscall.SIGKILL) })
	if alive {
		t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
		return daemon
	}
	syscall.Kill(guard, syscall.SIGKILL)
	cmd.Process.Kill()
	cmd.Wait()
	awaitEnd(t, []int{guard, cmd.Process.Pid}, withinLimit)
	return daemon
}

// TestLeftovers: what a killed tunegate started is found where its guard is killed
// too, and nothing else is.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	home, link := t.TempDir(), filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(home, link); err != nil {
		t.Fatal(err)
	}
	want := []int{leave(t, home, "this", false), leave(t, link, "", false)}
	others := []int{
		leave(t, home, "this", true), // a neighbour that is alive
		leave(t, home, "another", false),
		leave(t, t.TempDir(), "this", false),
	}
	mark, err := NewMark(home, "this")
	if err != nil {
		t.Fatal(err)
	}
	// A container's processes count in a space of their own.
	elsewhere := mark
	elsewhere.PID, elsewhere.Space = 1<<30, "pid:[1]"
	contained := exec.Command("sleep", "100")
	contained.Env = []string{elsewhere.entry()}
	if err := contained.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { contained.Process.Kill(); contained.Wait() })
	others = append(others, contained.Process.Pid)

	began := time.Now()
	found, left, err := mark.End(t.Context())
	if err != nil || left != nil {
		t.Errorf("not ended: %v, %v", left, err)
	}
	if took := time.Since(began); took < grace {
		t.Errorf("they ignore SIGTERM, and ended within %s", took)
	}
	var numbers []int
	for _, p := range found {
		if p.Name != "sh" && p.Name != "sleep" {
			t.Errorf("the program of %d is %q", p.PID, p.Name)
		}
		numbers = append(numbers, p.PID)
	}
	for _, pid := range want {
		if !slices.Contains(numbers, pid) {
			t.Errorf("%d is not among %v", pid, found)
		}
	}
	for _, pid := range others {
		if slices.Contains(numbers, pid) {
			t.Errorf("%d, which is another's, is among %v", pid, found)
		}
	}
	awaitEnd(t, want, 0)
	for _, pid := range others {
		if !running(pid) {
			t.Errorf("%d, which is another's, was ended", pid)
		}
	}
	if found, err := mark.leftovers(); err != nil || found != nil {
		t.Errorf("left: %v, %v", found, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	stubborn := leave(t, home, "this", false)
	if _, left, err := mark.End(ended); err != nil || len(left) == 0 || !running(stubborn) {
		t.Errorf("cancelled: left %v, %v", left, err)
	}
}

func TestMarkIn(t *testing.T) {
	t.Parallel()
	mark := Mark{Home: "/a b\n", Runner: "r", PID: 7, Start: 1 << 60, Space: "pid:[1]"}
	text, err := json.Marshal(mark)
	if err != nil {
		t.Fatal(err)
	}
	for environ, want := range map[string]bool{
		"A=1\x00" + mark.entry() + "\x00B=2": true,
		markName + "=" + string(text):        true,
		"":                                   false, "A=" + mark.entry(): false, markName + "={": false, markName + "={}": false,
		markName + `={"PID":-1}`: false, fmt.Sprintf("X%s", mark.entry()): false,
	} {
		if got, found := markIn([]byte(environ)); found != want || want && got != mark {
			t.Errorf("%q: %+v, %t", environ, got, found)
		}
	}
}
