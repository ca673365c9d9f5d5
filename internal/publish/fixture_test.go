package publish

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/actions"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/github/githubtest"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/suite"
)

const runID = "20261122-192907.437-cd90aea0"

var (
	headSHA = strings.Repeat("a", 40)
	baseSHA = strings.Repeat("b", 40)
	lineage = "cd90aea0" + strings.Repeat("1", 56)
)

const policy = `version: 1
name: tutor
base: {model: /models/base}
dataset:
  sources: [{path: "data/*.json"}]
`

// lab is a repository on a fake of GitHub, with one pull request, and what a run
// left.
type lab struct {
	t     testing.TB
	api   *githubtest.Server
	event actions.Event
	run   artifact
	dir   string // empty: the run left nothing
	env   map[string]string
	// announce is --announce.
	announce bool
	// data is --data-outcome.
	data string
}

// newLab has a run that judged the cases, for the pull request's data workflow.
func newLab(t testing.TB, cases []eval.Case, findings ...dataset.Finding) *lab {
	t.Helper()
	l := &lab{t: t, api: githubtest.New(t), dir: t.TempDir(), env: map[string]string{}}
	l.env["GITHUB_STEP_SUMMARY"] = filepath.Join(l.dir, "summary.md")
	l.api.SetFile("main", config.FileName, []byte(policy))
	l.api.AddPull(githubtest.Pull{Number: 7, HeadSHA: headSHA, HeadRef: "improve", BaseRef: "main", BaseSHA: baseSHA, Author: "octocat", Open: true})
	l.event = actions.Event{
		Name: "workflow_run", Repository: githubtest.Repository, DefaultBranch: "main", Ref: "main", SHA: baseSHA, RunID: 100, Attempt: 1,
		RunURL: "https://github.com/octo-org/tunes/actions/runs/100/attempts/1", ServerURL: "https://github.com", APIURL: l.api.URL,
		Change: &actions.Change{HeadSHA: headSHA, HeadOwner: "octo-org", HeadBranch: "improve"},
	}
	l.run = artifact{cases: cases}
	l.run.record = runs.Record{
		Schema: 1, ID: runID, HeadSHA: headSHA, BaseSHA: baseSHA, Lineage: lineage, Event: "workflow_run",
		Started: time.Date(2026, 11, 22, 19, 29, 7, 0, time.UTC),
	}
	l.run.report = report.Report{
		Name: "tutor", Policy: usual, Verdict: recompute(usual, findings, cases), Findings: findings, Cases: cases,
		Head: report.Revision{Ref: "improve", SHA: headSHA}, Base: report.Revision{Ref: "main", SHA: baseSHA},
		Origin: report.Origin{Run: runID, Lineage: lineage}, CandidateTag: "tutor:pr-7-cd90aea0", BaselineTag: "tutor:stable",
	}
	return l
}

// better are cases that a promotion asks for, worse ones with harm.
func better() []eval.Case {
	return append(graded("skills", suite.Target, 60, 20, 55), graded("basics", suite.Guard, 60, 60, 60)...)
}

func worse() []eval.Case { return graded("basics", suite.Guard, 60, 60, 30) }

// leave writes the run's files.
func (l *lab) leave() {
	l.t.Helper()
	l.write(recordFile, encode(l.t, l.run.record))
	l.write(reportFile, encodeReport(l.t, l.run.report))
	var lines bytes.Buffer
	for _, c := range l.run.cases {
		if err := eval.AppendCase(&lines, c); err != nil {
			l.t.Fatal(err)
		}
	}
	if len(l.run.cases) > 0 {
		l.write(casesFile, lines.Bytes())
	}
}

func encode(t testing.TB, value any) []byte {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func encodeReport(t testing.TB, r report.Report) []byte {
	t.Helper()
	data, err := report.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (l *lab) write(name string, data []byte) {
	l.t.Helper()
	path := filepath.Join(l.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		l.t.Fatal(err)
	}
}

// publish publishes what is there, with a client of its own.
func (l *lab) publish() (Result, error) {
	l.t.Helper()
	client, err := github.New(github.Options{
		API: l.api.URL, Repository: githubtest.Repository, Token: "secret", Author: githubtest.Bot, UserAgent: "tunegate-test", Timeout: 5 * time.Second,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		l.t.Fatal(err)
	}
	getenv := func(name string) string { return l.env[name] }
	return Run(l.t.Context(), Options{
		Dir: l.dir, Event: l.event, Client: client, Job: actions.New(getenv, &bytes.Buffer{}), ConfigPath: config.FileName, Announce: l.announce, DataOutcome: l.data, TempDir: l.t.TempDir(),
	})
}

// mustPublish publishes without an error.
func (l *lab) mustPublish() {
	l.t.Helper()
	if _, err := l.publish(); err != nil {
		l.t.Fatal(err)
	}
}

// comments are the bodies of the pull request's comments.
func (l *lab) comments() (bodies []string) {
	for _, comment := range l.api.Comments(7) {
		bodies = append(bodies, comment.Body)
	}
	return bodies
}

// latest is the newest status of the head.
func (l *lab) latest() githubtest.Status {
	l.t.Helper()
	statuses := l.api.Statuses(headSHA)
	if len(statuses) == 0 {
		l.t.Fatal("the head has no status")
	}
	return statuses[len(statuses)-1]
}

func (l *lab) summary() string {
	l.t.Helper()
	data, err := os.ReadFile(l.env["GITHUB_STEP_SUMMARY"])
	if err != nil {
		l.t.Fatal(err)
	}
	return string(data)
}
