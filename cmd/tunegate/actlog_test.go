package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
)

// actRun is what became of a run of a workflow.
type actRun struct {
	testing.TB
	artifacts string
	jobs      map[string]string // success or failure by name; a skipped job is not there
	log       []actLine
}

// actLine is a line of act's log: a program's, a command taken from one, or what
// act says itself.
type actLine struct {
	Job      string `json:"jobID"`
	Raw      bool   `json:"raw_output"` // of a program
	Message  string `json:"msg"`
	Result   string `json:"jobResult"`
	Command  string `json:"command"` // a workflow command, an output (set-output) or a summary
	Name     string `json:"name"`
	Argument string `json:"arg"`
	Content  string // of a summary
}

func (r *actRun) read(out []byte) {
	r.Helper()
	for lines := bufio.NewReader(bytes.NewReader(out)); ; {
		text, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var line actLine
		if json.Unmarshal(text, &line) != nil || line.Job == "" {
			continue
		}
		if line.Result != "" {
			r.jobs[line.Job] = line.Result
		}
		r.log = append(r.log, line)
	}
}

// said is what the programs of a job printed; of all jobs for an empty name.
func (r actRun) said(job string) string {
	var said strings.Builder
	for _, line := range r.log {
		if line.Raw && (job == "" || line.Job == job) {
			said.WriteString(line.Message)
		}
	}
	return said.String()
}

// output is what the action gave as an output in a job.
func (r actRun) output(job, name string) (value string) {
	for _, line := range r.log {
		if line.Job == job && line.Command == "set-output" && line.Name == name {
			value = line.Argument
		}
	}
	return value
}

// summary is what a job left as its summary.
func (r actRun) summary(job string) string {
	var all strings.Builder
	for _, line := range r.log {
		if line.Job == job && line.Command == "summary" {
			all.WriteString(line.Content)
		}
	}
	return all.String()
}

// exit is the exit code of the action's step in a job; 0 if none failed.
func (r actRun) exit(job string) (code int) {
	for _, line := range r.log {
		var status int
		if n, err := fmt.Sscanf(line.Message, "exit status %d", &status); !line.Raw && line.Job == job && n == 1 && err == nil {
			code = status
		}
	}
	return code
}

// commands are the workflow commands that a job gave, apart from outputs and
// summaries, which come by file.
func (r actRun) commands(job string) (found []actLine) {
	for _, line := range r.log {
		if line.Job == job && line.Command != "" && line.Command != "set-output" && line.Command != "summary" {
			found = append(found, line)
		}
	}
	return found
}

// expect compares what became of the jobs.
func (r actRun) expect(jobs map[string]string) {
	r.Helper()
	for name := range jobs {
		if r.jobs[name] != jobs[name] {
			r.Errorf("job %s: %q, want %q; it said:\n%s", name, r.jobs[name], jobs[name], r.said(name))
		}
	}
	for name := range r.jobs {
		if jobs[name] == "" {
			r.Errorf("job %s ran: %s", name, r.jobs[name])
		}
	}
}

// expectOutputs compares outputs of the action in a job.
func (r actRun) expectOutputs(job string, want map[string]string) {
	r.Helper()
	for name := range want {
		if got := r.output(job, name); got != want[name] {
			r.Errorf("job %s: the output %s is %q, want %q", job, name, got, want[name])
		}
	}
}

// verdict is the one of the job on the GPU.
func (r actRun) verdict() (v gate.Verdict) {
	r.Helper()
	r.artifact(filepath.Join("gate", "verdict.json"), &v)
	return v
}

// artifact reads a JSON file of what the job on the GPU left.
func (r actRun) artifact(name string, v any) {
	r.Helper()
	found, err := filepath.Glob(filepath.Join(r.artifacts, "*", "tunegate-run", name))
	if err != nil || len(found) != 1 {
		r.Fatalf("%s: %q, %v", name, found, err)
	}
	data, err := os.ReadFile(found[0])
	if err := errors.Join(err, json.Unmarshal(data, v)); err != nil {
		r.Fatal(err)
	}
}
