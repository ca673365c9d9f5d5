package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/tunegate/tunegate/internal/github/githubtest"
)

// The times of the runner's own sequence: see ProcessInvoker.cs of
// github.com/actions/runner.
const (
	untilTerm = 7500 * time.Millisecond // from SIGINT
	untilKill = 2500 * time.Millisecond // from SIGTERM
	pipesWait = 5 * time.Second         // for what still holds the step's output
)

// actionStep is the action's step of a job, as a runner starts it: bash with pipes, no
// input, and a mark by which what it leaves behind is found.
type actionStep struct {
	lab
	cmd             *exec.Cmd
	workspace       string
	mark, token     string // RUNNER_TRACKING_ID, and a secret
	output, summary string // the files that the runner reads
	log             *watcher
	ended           chan error
}

// step prepares the action for an event of the lab's repository; inputs are
// entries of the environment, such as INPUT_COMMAND=dataset. The log says when it
// has a text.
func (l lab) step(e event, awaited string, inputs ...string) *actionStep {
	l.Helper()
	dir := l.TempDir()
	s := &actionStep{
		lab: l, workspace: filepath.Join(dir, "workspace"), mark: fmt.Sprintf("github_%016x", rand.Uint64()), token: fmt.Sprintf("ghs_%016x", rand.Uint64()),
		output: filepath.Join(dir, "output"), summary: filepath.Join(dir, "summary"), log: newWatcher(awaited), ended: make(chan error, 1),
	}
	if out, err := exec.Command("git", "clone", "-q", l.repo, s.workspace).CombinedOutput(); err != nil {
		l.Fatalf("%v\n%s", err, out)
	}
	payload, script := filepath.Join(dir, "event.json"), filepath.Join(dir, "step.sh")
	for path, data := range map[string][]byte{payload: e.payload, script: []byte(actionRun(l))} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			l.Fatal(err)
		}
	}
	s.cmd = exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr, s.cmd.WaitDelay = s.workspace, s.log, s.log, pipesWait
	s.cmd.Env = append([]string{
		"PATH=" + filepath.Dir(l.binary) + string(filepath.ListSeparator) + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "TUNEGATE_HOME=" + l.home,
		"GITHUB_ACTION_PATH=" + absolute(l, project), "GITHUB_EVENT_NAME=" + e.name, "GITHUB_EVENT_PATH=" + payload, "GITHUB_SHA=" + e.sha,
		"GITHUB_REPOSITORY=" + githubtest.Repository, "GITHUB_SERVER_URL=https://github.com", "GITHUB_API_URL=https://api.github.com", "GITHUB_RUN_ID=1",
		"GITHUB_OUTPUT=" + s.output, "GITHUB_STEP_SUMMARY=" + s.summary, "RUNNER_TRACKING_ID=" + s.mark, "INPUT_GITHUB_TOKEN=" + s.token,
	}, inputs...)
	return s
}

// actionRun is what the step of action.yml runs.
func actionRun(l lab) string {
	l.Helper()
	data, err := os.ReadFile(filepath.Join(project, "action.yml"))
	found := regexp.MustCompile(`(?m)^ +run: (exec .+)$`).FindSubmatch(data)
	if err != nil || found == nil {
		l.Fatalf("action.yml has no step that runs: %v", err)
	}
	return string(found[1]) + "\n"
}

func (s *actionStep) start() {
	s.Helper()
	input, err := s.cmd.StdinPipe()
	if err == nil {
		err = input.Close()
	}
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		s.Fatal(err)
	}
	go func() { s.ended <- s.cmd.Wait() }()
}

// run runs the step to its end and gives its exit code.
func (s *actionStep) run() int {
	s.Helper()
	s.start()
	<-s.ended
	return s.cmd.ProcessState.ExitCode()
}

// cancel does what a runner does to the step's process, and to no other, when the
// job is cancelled. It gives the time that the step took to end with its output
// closed; ok is false if it had ended already.
func (s *actionStep) cancel() (took time.Duration, ok bool) {
	s.Helper()
	began := time.Now()
	for _, then := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, untilTerm}, {syscall.SIGTERM, untilKill}, {syscall.SIGKILL, time.Minute}} {
		if err := s.cmd.Process.Signal(then.signal); err != nil {
			return 0, false
		}
		select {
		case err := <-s.ended:
			if errors.Is(err, exec.ErrWaitDelay) {
				s.Error("something still held the step's output")
			}
			return time.Since(began), s.cmd.ProcessState.ExitCode() != 0
		case <-time.After(then.wait):
		}
	}
	s.Fatalf("the step outlived its kill:\n%s", s.log)
	return 0, false
}

// left are the processes that the runner would find and kill at the job's end.
func (s *actionStep) left() []string { return append(processesOf(s.mark), processesOf(s.home)...) }

// outputs reads what the runner takes as the step's outputs.
func (s *actionStep) outputs() map[string]string {
	s.Helper()
	data, err := os.ReadFile(s.output)
	if err != nil {
		s.Fatal(err)
	}
	values, lines := map[string]string{}, strings.Split(string(data), "\n")
	for len(lines) >= 3 {
		name, delimiter, ok := strings.Cut(lines[0], "<<")
		if !ok || lines[2] != delimiter {
			s.Fatalf("the outputs are %q", data)
		}
		values[name], lines = lines[1], lines[3:]
	}
	return values
}
