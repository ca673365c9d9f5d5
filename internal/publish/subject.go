package publish

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/actions"
	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/report"
)

// subject is what a workflow is about, told by its event alone.
type subject struct {
	sha        string // the commit that is judged
	head, base string // names to show
	policy     string // the branch or commit whose config is the policy
}

// subjectOf says what the event is about. The policy of a change is that of the
// branch which it would go into. In a workflow_run it is always that of the
// default branch: its status counts for every pull request with that head.
func subjectOf(e actions.Event) subject {
	c := e.Change
	switch {
	case c == nil && e.Tag != "":
		return subject{sha: e.SHA, head: e.Tag, base: e.DefaultBranch, policy: "refs/heads/" + e.DefaultBranch}
	case c == nil:
		return subject{sha: e.SHA, head: e.Ref, base: e.Ref, policy: e.SHA}
	case e.Name == "merge_group":
		return subject{sha: c.HeadSHA, head: c.HeadName(), base: c.BaseRef, policy: c.BaseSHA}
	case e.Name == "workflow_run":
		return subject{sha: c.HeadSHA, head: c.HeadName(), base: e.DefaultBranch, policy: "refs/heads/" + e.DefaultBranch}
	default:
		return subject{sha: c.HeadSHA, head: c.HeadName(), base: c.BaseRef, policy: "refs/heads/" + c.BaseRef}
	}
}

// pull is the pull request of the event; nil: there is none to comment on.
func pull(ctx context.Context, client *github.Client, e actions.Event) (*github.Pull, error) {
	c := e.Change
	if c == nil || e.Name == "merge_group" {
		return nil, nil
	}
	var found github.Pull
	var err error
	if c.Number > 0 {
		found, err = client.Pull(ctx, c.Number)
	} else {
		found, err = client.PullOf(ctx, c.HeadOwner, c.HeadBranch, c.HeadSHA)
	}
	if errors.Is(err, github.ErrNotFound) {
		return nil, nil
	}
	return &found, err
}

// links are where the files of both commits are shown; base may be empty.
func (s subject) links(e actions.Event, base string) report.Links {
	files := fmt.Sprintf("%s/%s/blob/", strings.TrimSuffix(e.ServerURL, "/"), e.Repository)
	links := report.Links{Head: files + s.sha}
	if base != "" {
		links.Base = files + base
	}
	return links
}
