package publish

import (
	"context"
	"errors"
	"slices"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/comment"
)

// errDue is the error of a run whose claim the workflow's data job contradicts.
var errDue = errors.New("the run claims that there is nothing to train, but the data job of this workflow found that a training comes next (hint: re-run all jobs of the workflow, so that both see the same base branch; if that did not move in between, the result was tampered with)")

// contradicted is errDue if a run without a training must be rejected: a job
// of the same workflow run, which is trusted more than the one that trains, found that
// a training was due.
func (o Options) contradicted(ctx context.Context, r report.Report) error {
	trains := r.State != report.Ungated && (r.State != report.Judged || r.Verdict.Outcome != gate.Same)
	if trains || o.Announce {
		return nil
	}
	due := o.DataOutcome == string(report.Ready)
	if o.DataOutcome == "" {
		var err error
		if due, err = o.announced(ctx); err != nil {
			return err
		}
	}
	if due {
		return errDue
	}
	return nil
}

// announced reports whether this attempt of the workflow run has left a comment by which
// the training comes next: workflows that do not say what their data job found have it.
func (o Options) announced(ctx context.Context) (bool, error) {
	request, err := pull(ctx, o.Client, o.Event)
	if err != nil || request == nil {
		return false, err
	}
	ours := comment.About{HeadSHA: o.Event.Change.HeadSHA, RunID: o.Event.RunID, Attempt: o.Event.Attempt}
	bodies, err := o.Client.Stuck(ctx, request.Number, comment.Marker)
	return slices.ContainsFunc(bodies, func(body string) bool {
		about, told := comment.ParseMarker(body)
		return told && about == ours && comment.Announces(body)
	}), err
}
