package publish

import (
	"context"
	"errors"
	"slices"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/comment"
)

// errDue says that a run claims what the workflow's own look at the data denies.
var errDue = errors.New("the run says that there is nothing to train, and this workflow's own look at the data said that a training comes next (hint: re-run all jobs of the workflow, so that both see the same base branch; if it did not move meanwhile, the result was tampered with)")

// contradicted is errDue where a run without a training is not to be believed: a job
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

// announced says whether this attempt of the workflow run has left a comment by which
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
