package train

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/python"
)

// queue is a toy launcher. Its jobs are processes that go on without tunegate,
// each with a folder of its own: answers, log, out (what it trained), and done,
// the exit code, once it has ended.
type queue struct {
	dir     string
	trainer string // a shell script that runs in the job's folder
	starts  int
	down    bool // cannot be reached
}

type queued struct {
	dir string
	job Job
}

func (*queue) Name() string { return "queue" }

func (q *queue) Start(_ context.Context, job Job, save func(json.RawMessage) error) (Running, error) {
	q.starts++
	name := fmt.Sprintf("job-%d", q.starts)
	if err := save(json.RawMessage(fmt.Sprintf(`{"id": %q}`, name))); err != nil {
		return nil, err
	}
	r := queued{filepath.Join(q.dir, name), job}
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return nil, err
	}
	const wrapper = `echo $$ >pid.new; mv pid.new pid; sh -c "$0" trainer "$@" >log 2>&1; echo $? >done.new; mv done.new done`
	command := exec.Command("/bin/sh", append([]string{"-c", wrapper, q.trainer}, job.Args...)...)
	command.Dir, command.SysProcAttr = r.dir, &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		return nil, err
	}
	go command.Wait()
	return r, nil
}

func (q *queue) Attach(_ context.Context, job Job, handle json.RawMessage) (Running, error) {
	if q.down {
		return nil, fmt.Errorf("no route: %w", ErrUnreachable)
	}
	var h struct{ ID string }
	if err := json.Unmarshal(handle, &h); err != nil {
		return nil, err
	}
	r := queued{filepath.Join(q.dir, h.ID), job}
	if _, err := os.Stat(r.dir); err != nil {
		return nil, ErrGone
	}
	return r, nil
}

func (r queued) Wait(ctx context.Context) error {
	for passed := 0; ; time.Sleep(2 * time.Millisecond) {
		code, ended := os.ReadFile(filepath.Join(r.dir, "done"))
		answers, _ := os.ReadFile(filepath.Join(r.dir, "answers"))
		for line := range bytes.Lines(answers[passed:]) {
			if bytes.HasSuffix(line, []byte("\n")) {
				passed += len(line)
				r.job.Answer(line)
			}
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case ended == nil:
			log, err := os.ReadFile(filepath.Join(r.dir, "log"))
			r.job.Log.Write(log)
			if string(code) != "0\n" {
				err = errors.New("the job ended with " + strings.TrimSpace(string(code)))
			}
			return err
		}
	}
}

func (r queued) Cancel(context.Context) error {
	for {
		var pid int
		text, _ := os.ReadFile(filepath.Join(r.dir, "pid"))
		if n, _ := fmt.Sscan(string(text), &pid); n == 1 {
			syscall.Kill(-pid, syscall.SIGKILL)
			if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
				return os.RemoveAll(r.dir)
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (r queued) Collect(context.Context) error {
	return exec.Command("cp", "-r", filepath.Join(r.dir, "out")+"/.", r.job.Dir).Run()
}

// newQueue makes a queue whose trainer does one step, waits for release and does
// another; then it succeeds, or fails where the row is not empty.
func newQueue(t *testing.T, row string) *queue {
	t.Helper()
	q := &queue{dir: t.TempDir()}
	trained := finished(t, prefix+"a.q.lora_A.weight", prefix+"a.q.lora_B.weight", prefix+"a.k.lora_A.weight", prefix+"a.k.lora_B.weight")
	end := fmt.Sprintf(`cp -r %s out; echo '{"result": %s}' >>answers`, trained, strings.ReplaceAll(complete, "\n", " "))
	if row != "" {
		end = `echo '{"error": {"name": "guard/labels", "message": "no", "hint": "yes", "row": "` + row + `"}}' >>answers; exit 1`
	}
	q.trainer = `[ "$1" = --spec ] && [ -e "${2%/*}/job.json" ] || { echo "not saved: $*"; exit 9; }
echo training
echo '{"progress": {"phase": "train", "step": 1, "steps": 2, "loss": 2.5}}' >>answers
while [ ! -e ../go ]; do sleep 0.01; done
echo '{"progress": {"phase": "train", "step": 2, "steps": 2, "loss": 1.5}}' >>answers
` + end
	t.Cleanup(func() {
		for i := range q.starts {
			if dir := filepath.Join(q.dir, fmt.Sprintf("job-%d", i+1)); exists(dir) {
				queued{dir: dir}.Cancel(context.Background())
			}
		}
	})
	return q
}

func (q *queue) release(t *testing.T) {
	t.Helper()
	writeFile(t, filepath.Join(q.dir, "go"), "")
}

func exists(path ...string) bool {
	_, err := os.Stat(filepath.Join(path...))
	return err == nil
}

// killed runs until the first step and then does nothing more, as if it had been
// killed: nothing is cancelled.
func killed(t *testing.T, q *queue, in Input, dir string) {
	t.Helper()
	var end sync.WaitGroup
	end.Go(func() {
		_, err := Run(t.Context(), q, options(), in, dir, func(Progress) { runtime.Goexit() })
		t.Errorf("was not killed: %v", err)
	})
	end.Wait()
	if !exists(dir, jobFile) {
		t.Fatal("the job was not saved")
	}
}

// A tunegate that was killed finds its job again and never starts a second one.
func TestQueueAttach(t *testing.T) {
	t.Parallel()
	q, in, dir := newQueue(t, ""), input(t), t.TempDir()
	killed(t, q, in, dir)
	q.down = true
	if _, err := Run(t.Context(), q, options(), in, dir, func(Progress) {}); !errors.Is(err, ErrUnreachable) {
		t.Errorf("unreachable: %v", err)
	}
	q.down = false
	if _, err := Run(t.Context(), local(t, python.Interpreter{}), options(), in, dir, func(Progress) {}); err == nil || !strings.Contains(err.Error(), `"queue"`) {
		t.Errorf("with another launcher: %v", err)
	}
	killed(t, q, in, dir)
	q.release(t)
	var last Progress
	result, err := Run(t.Context(), q, options(), in, dir, func(p Progress) { last = p })
	if err != nil {
		t.Fatal(err)
	}
	if result.Tokens != 4 || result.Modules != 2 || last.Step != 2 || q.starts != 1 || !exists(dir, adapterDir, adapterWeights) || exists(dir, jobFile) {
		t.Errorf("%+v after %+v, %d starts", result, last, q.starts)
	}
	if losses, err := LoadLosses(dir); err != nil || len(losses) != 2 || readFile(t, dir, logFile) != "training\n" {
		t.Errorf("losses %+v, %v; log %q", losses, err, readFile(t, dir, logFile))
	}
}

func TestQueueCancel(t *testing.T) {
	t.Parallel()
	q, in, dir := newQueue(t, ""), input(t), t.TempDir()
	killed(t, q, in, dir)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Run(ctx, q, options(), in, dir, func(Progress) { cancel() })
	if !errors.Is(err, context.Canceled) || q.starts != 1 || exists(q.dir, "job-1") || exists(dir, jobFile) {
		t.Errorf("%v, %d starts, left %v", err, q.starts, exists(q.dir, "job-1"))
	}
}

// A job that is gone is started anew, and one of another spec ended first.
func TestQueueStartsAnew(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(q *queue, in *Input){
		"gone":         func(q *queue, _ *Input) { queued{dir: filepath.Join(q.dir, "job-1")}.Cancel(context.Background()) },
		"another spec": func(_ *queue, in *Input) { in.Seed++ },
	} {
		q, in, dir := newQueue(t, ""), input(t), t.TempDir()
		killed(t, q, in, dir)
		lose(q, &in)
		q.release(t)
		if _, err := Run(t.Context(), q, options(), in, dir, func(Progress) {}); err != nil || q.starts != 2 || exists(q.dir, "job-1") {
			t.Errorf("%s: %v, %d starts", name, err, q.starts)
		}
	}
}

// What failed unseen is told once; then there is a new attempt.
func TestQueueFailure(t *testing.T) {
	t.Parallel()
	q, in, dir := newQueue(t, "data/sums.json#3"), input(t), t.TempDir()
	killed(t, q, in, dir)
	q.release(t)
	for attempt := range 2 {
		_, err := Run(t.Context(), q, options(), in, dir, func(Progress) {})
		var problem *python.Problem
		if !errors.As(err, &problem) || problem.Row != "data/sums.json#3" || q.starts != 1+attempt || exists(dir, jobFile) {
			t.Errorf("%v, %d starts", err, q.starts)
		}
	}
}
