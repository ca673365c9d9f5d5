// Package publish publishes the result of a run on GitHub: one comment on the pull request, a
// check run for the findings, a commit status, the job's summary, and after a promotion
// a deployment. It trusts the event and the base branch. The run's files are claims:
// the verdict is computed again from its graded cases.
package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tunegate/tunegate/internal/actions"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/comment"
	"github.com/tunegate/tunegate/internal/text"
)

// Options select what is published, and where.
type Options struct {
	Dir        string // of the run, or of a copy of it
	Event      actions.Event
	Client     *github.Client
	Job        *actions.Job
	ConfigPath string // slash separated, from the top of the repository
	Status     string // the context of a commit status; empty: DefaultStatus in a workflow_run, else none
	Announce   bool   // the run checked only the data: announce the training
	TempDir    string
	// DataOutcome is the Outcome of the run for the data alone that a job of the same
	// workflow run made before; empty: unknown.
	DataOutcome string
}

// DefaultStatus is the context of the status that is the gate.
const DefaultStatus = "tunegate"

// Result is what was published.
type Result struct {
	Outcome    string   `json:"outcome"` // of the verdict; else report.Ready or report.Ungated, or empty
	Promotable bool     `json:"promotable"`
	ModelID    string   `json:"model_id,omitempty"`
	Candidate  string   `json:"candidate,omitempty"` // the tag
	URL        string   `json:"url,omitempty"`       // of the comment, or of the draft release
	Headline   string   `json:"headline"`            // the result of the run, in a line
	Notes      []string `json:"notes,omitempty"`
	Exit       int      `json:"-"` // the run's own exit code: 0 the policy lets it through, 1 internal error, 3 fail, 4 inconclusive and the policy blocks on it, 130 cancelled
}

// publication is one publishing in progress.
type publication struct {
	Options
	subject
	found  artifact
	result Result
	failed []error
}

// Run publishes. It writes all that it can: an error is about what could not be
// written, or about why the result of the run cannot be used.
func Run(ctx context.Context, o Options) (Result, error) {
	s, err := subjectOf(o.Event)
	if err != nil {
		return Result{Exit: 1}, err
	}
	if o.Event.Change == nil {
		if moved, err := readPromotion(o.Dir); err != nil || moved != nil {
			return o.deploy(ctx, moved, err)
		}
	}
	p := publication{Options: o, subject: s}
	if p.Status == "" && o.Event.Name == "workflow_run" {
		p.Status = DefaultStatus
	}
	if p.found, err = o.judge(ctx, p.subject); err != nil && !errors.Is(err, errLost) {
		p.failed = append(p.failed, err)
	}
	about := p.found.report
	exit, state := ending(about)
	p.result = Result{
		Outcome: cmp.Or(string(about.Verdict.Outcome), ended(about.State)), Promotable: about.Verdict.Promotable,
		ModelID: about.Verdict.ModelID, Candidate: about.CandidateTag, Exit: exit,
		Headline: headline(about),
	}
	later := p.comment(ctx)
	if decided := about.State == report.Judged || about.State == report.Ungated; decided || !later {
		p.status(ctx, state)
	}
	p.annotate(ctx)
	p.draft(ctx)
	p.summary(comment.Render(about))
	return p.end()
}

// end returns the result. What could not be done must not look like a pass.
func (p *publication) end() (Result, error) {
	if len(p.failed) > 0 && p.result.Exit == 0 {
		p.result.Exit = 1
	}
	return p.result, errors.Join(p.failed...)
}

// ended is the outcome of a run that properly ended without a verdict.
func ended(s report.State) string {
	if s == report.Ready || s == report.Ungated {
		return string(s)
	}
	return ""
}

// ending maps a report to the exit code of the job and
// the state of the commit.
func ending(r report.Report) (exit int, state string) {
	switch r.State {
	case report.Judged:
		if exit = gate.ExitCode(r.Verdict, r.Policy); exit != 0 {
			return exit, "failure"
		}
		return 0, "success"
	case report.Ready:
		return 0, "pending"
	case report.Ungated:
		return 0, "success"
	case report.Cancelled:
		return 130, "error"
	default:
		return 1, "error"
	}
}

// may handles an error of the API: there is nothing to do if the token may not
// write, as that of a fork's pull request. It is then a note.
func (p *publication) may(what string, err error) {
	switch {
	case errors.Is(err, github.ErrForbidden):
		p.result.Notes = append(p.result.Notes, fmt.Sprintf("%s could not be written: %v", what, err))
	case err != nil:
		p.failed = append(p.failed, fmt.Errorf("%s: %w", what, err))
	}
}

// summary writes the job's summary, and below it what could not be written
// elsewhere.
func (p *publication) summary(markdown []byte) {
	for _, note := range p.result.Notes {
		markdown = append(markdown, "\n- "+text.Line(note, maxNote)+"\n"...)
	}
	if err := p.Job.Summary(markdown); err != nil {
		p.failed = append(p.failed, err)
	}
}

// day writes a date for a tag.
func day(t time.Time) string { return t.UTC().Format("20060102") }
