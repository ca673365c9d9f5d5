package github

import (
	"context"
	"fmt"
	"slices"

	gh "github.com/google/go-github/v62/github"
)

const (
	batch    = 50     // annotations of one request
	longText = 16_000 // characters, which are never more than the 64 KB of a message
	summary  = 65_535 // characters
	titleMax = 255    // characters
)

// CheckRun is a finished check of a commit. It exists for its annotations.
type CheckRun struct {
	Name        string
	ExternalID  string // no other check run of this commit has it; found again by it
	Conclusion  string // success, failure, neutral, cancelled, timed_out
	Title       string
	Summary     string // Markdown
	URL         string
	Annotations []Annotation
}

// Annotation is a remark on a line. Column is 0 when not known.
type Annotation struct {
	Path         string // in the repository
	Line, Column int    // from 1
	Level        string // error, warning or notice
	Title        string
	Message      string
}

// CheckRun creates a check run that is completed from the start, since one in progress
// would stay so if this job were killed, and appends the annotations, 50 a request.
// An existing one of an earlier job is left unchanged.
func (c *Client) CheckRun(ctx context.Context, sha string, run CheckRun) error {
	return explain(fmt.Sprintf("make the check run %s of %s", run.Name, sha), "checks: write", c.checkRun(ctx, sha, run))
}

func (c *Client) checkRun(ctx context.Context, sha string, run CheckRun) error {
	batches := slices.Collect(slices.Chunk(run.Annotations, batch))
	if len(batches) == 0 {
		batches = [][]Annotation{nil}
	}
	if there, err := c.foundCheckRun(ctx, sha, run); err != nil || there != nil {
		return err
	}
	var made *gh.CheckRun
	err := c.settle(ctx, func() (err error) {
		made, _, err = c.once.Checks.CreateCheckRun(ctx, c.owner, c.name, gh.CreateCheckRunOptions{
			Name: run.Name, HeadSHA: sha, ExternalID: &run.ExternalID, DetailsURL: given(run.URL),
			Status: gh.String("completed"), Conclusion: &run.Conclusion, Output: output(run, batches[0]),
		})
		return err
	}, func() (found bool, err error) {
		made, err = c.foundCheckRun(ctx, sha, run)
		return made != nil, err
	})
	for i := 1; i < len(batches) && err == nil; i++ {
		err = c.settle(ctx, func() error {
			_, _, err := c.once.Checks.UpdateCheckRun(ctx, c.owner, c.name, made.GetID(), gh.UpdateCheckRunOptions{Name: run.Name, Output: output(run, batches[i])})
			return err
		}, func() (bool, error) {
			now, err := c.foundCheckRun(ctx, sha, run)
			return now.GetOutput().GetAnnotationsCount() >= i*batch+len(batches[i]), err
		})
	}
	return err
}

// foundCheckRun is the one of run's ExternalID, or nil.
func (c *Client) foundCheckRun(ctx context.Context, sha string, run CheckRun) (*gh.CheckRun, error) {
	all, err := pages(func(page gh.ListOptions) ([]*gh.CheckRun, *gh.Response, error) {
		some, answer, err := c.again.Checks.ListCheckRunsForRef(ctx, c.owner, c.name, sha, &gh.ListCheckRunsOptions{
			CheckName: &run.Name, Filter: gh.String("all"), ListOptions: page,
		})
		if err != nil {
			return nil, nil, err
		}
		return some.CheckRuns, answer, nil
	})
	at := slices.IndexFunc(all, func(r *gh.CheckRun) bool { return r.GetExternalID() == run.ExternalID })
	if at < 0 {
		return nil, err
	}
	return all[at], err
}

// output is what a request adds: GitHub asks for title and summary with each.
func output(run CheckRun, annotations []Annotation) *gh.CheckRunOutput {
	out := &gh.CheckRunOutput{Title: gh.String(clip(run.Title, titleMax)), Summary: gh.String(clip(run.Summary, summary))}
	for _, a := range annotations {
		level := a.Level
		if level == "error" {
			level = "failure"
		}
		remark := &gh.CheckRunAnnotation{
			Path: &a.Path, StartLine: &a.Line, EndLine: &a.Line, AnnotationLevel: &level,
			Message: gh.String(clip(a.Message, longText)), Title: given(clip(a.Title, titleMax)),
		}
		if a.Column > 0 {
			remark.StartColumn, remark.EndColumn = &a.Column, &a.Column
		}
		out.Annotations = append(out.Annotations, remark)
	}
	return out
}
