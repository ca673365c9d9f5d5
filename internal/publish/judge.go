package publish

import (
	"context"
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/report"
)

// judge returns the report to publish. If the run's own cannot be used
// it is one with the reason, and so is the error.
func (o Options) judge(ctx context.Context, s subject) (artifact, error) {
	a, err := read(o.Dir)
	if err == nil {
		err = o.verify(ctx, s, &a)
	}
	if err == nil {
		err = o.contradicted(ctx, a.report)
	}
	switch {
	case errors.Is(err, errLost):
		a = artifact{report: report.Report{State: report.Lost}}
		if c := o.Event.Change; c != nil && c.Cancelled {
			a.report.Notes = append(a.report.Notes, "the data workflow, which this one follows, was cancelled or timed out: re-run all jobs of that workflow")
		}
	case err != nil:
		a = artifact{report: report.Report{State: report.Broke, Error: "the result of the run cannot be used: " + err.Error()}}
	case a.report.State == report.Ready && !o.Announce:
		a.report.State = report.Lost
		a.report.Notes = append(a.report.Notes, "the data is fine, but the training that follows left no result")
	}
	a.report.Head = report.Revision{Ref: s.head, SHA: s.sha}
	a.report.Base = report.Revision{Ref: s.base, SHA: a.record.BaseSHA}
	a.report.Links = s.links(o.Event, a.record.BaseSHA)
	a.report.Reproduce = pipeline.Command(a.record, o.ConfigPath)
	return a, err
}

// verify makes sure that a run is about the event's commit, and replaces its verdict
// with the one that its cases give under the base branch's policy.
func (o Options) verify(ctx context.Context, s subject, a *artifact) error {
	if a.record.HeadSHA != s.sha {
		return fmt.Errorf("it is about commit %.12s, and this workflow about %.12s (hint: download the artifact of this workflow run)", a.record.HeadSHA, s.sha)
	}
	if s.against != "" && a.record.BaseSHA != s.against {
		return fmt.Errorf("it was judged against commit %.12s, and this workflow is about a merge into %.12s (hint: run again)", a.record.BaseSHA, s.against)
	}
	claimed := a.report.Verdict
	a.report.Verdict, a.report.Cases = gate.Verdict{}, nil
	switch a.report.State {
	case report.Stopped, report.Cancelled, report.Broke, report.Running:
		return nil
	}
	policy, gated, err := o.policy(ctx, s)
	if err != nil {
		return err
	}
	a.report.Name, a.report.Policy = policy.Name, policy.Gate
	made := recompute(policy.Gate, a.report.Findings, a.cases)
	switch {
	case gated && a.report.State == report.Ungated:
		return fmt.Errorf("the run claims that %s has no %s, but it has one (hint: run again)", s.base, o.ConfigPath)
	case !gated && a.report.State != report.Ungated && made.Outcome != gate.Fail:
		return fmt.Errorf("the run judged by %s, but %s has none (hint: run again)", o.ConfigPath, s.base)
	case a.report.State != report.Judged && made.Outcome == gate.Fail:
		return fmt.Errorf("the run claims that the data is fine, but lists %s (hint: run again)", made.Rules[0].Why)
	case a.report.State != report.Judged:
		return nil
	}
	if err := agree(claimed, made); err != nil {
		return err
	}
	if digestForm.MatchString(claimed.PolicySHA256) {
		made.PolicySHA256 = claimed.PolicySHA256 // of config, suites and prompts, which are not here
	}
	a.report.Verdict, a.report.Cases = made, a.cases
	return nil
}

// policy reads the config at the base. Without one, the run is not gated.
func (o Options) policy(ctx context.Context, s subject) (c config.Config, gated bool, err error) {
	data, err := o.Client.Contents(ctx, o.ConfigPath, s.policy)
	if errors.Is(err, github.ErrNotFound) {
		return config.Config{}, false, nil
	}
	if err != nil {
		return config.Config{}, false, fmt.Errorf("the policy, %s at %s: %w", o.ConfigPath, s.base, err)
	}
	c, err = config.Parse(o.ConfigPath, data)
	return c, true, err
}
