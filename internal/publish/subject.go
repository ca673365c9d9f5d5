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

// subject is what a workflow is about, determined from its event alone.
type subject struct {
	sha        string // the commit that is judged
	head, base string // names to show
	policy     string // the branch or commit whose config is the policy
	against    string // the commit that it must have been judged against; empty: the event does not tell
}

// subjectOf determines what the event is about. The policy of a change is that of the
// branch it targets. In a workflow_run it is always that of the
// default branch: its status counts for every pull request with that head.
func subjectOf(e actions.Event) (subject, error) {
	c := e.Change
	switch {
	case c == nil && !e.Own():
		return subject{}, fmt.Errorf("a run cannot be published from the %.40s event: its commit may contain a stranger's policy (hint: publish from the workflow of the pull request)", e.Name)
	case c == nil && e.Tag != "":
		return subject{sha: e.SHA, head: e.Tag, base: e.DefaultBranch, policy: "refs/heads/" + e.DefaultBranch}, nil
	case c == nil:
		return subject{sha: e.SHA, head: e.Ref, base: e.Ref, policy: e.SHA}, nil
	case e.Name == "merge_group":
		return subject{sha: c.HeadSHA, head: c.HeadName(), base: c.BaseRef, policy: c.BaseSHA, against: c.BaseSHA}, nil
	case e.Name == "workflow_run":
		return subject{sha: c.HeadSHA, head: c.HeadName(), base: e.DefaultBranch, policy: "refs/heads/" + e.DefaultBranch}, nil
	default:
		return subject{sha: c.HeadSHA, head: c.HeadName(), base: c.BaseRef, policy: "refs/heads/" + c.BaseRef}, nil
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
		if err == nil && (found.HeadOwner != c.HeadOwner || found.HeadRef != c.HeadBranch) {
			err = fmt.Errorf("pull request #%d has the head %.100q, but the event is about %.100q (hint: if the branch was renamed, run again)",
				c.Number, found.HeadOwner+":"+found.HeadRef, c.HeadOwner+":"+c.HeadBranch)
		}
	} else {
		found, err = client.PullOf(ctx, c.HeadOwner, c.HeadBranch, c.HeadSHA)
	}
	if errors.Is(err, github.ErrNotFound) {
		return nil, nil
	}
	return &found, err
}

// links are the addresses of both commits' files; base may be empty.
func (s subject) links(e actions.Event, base string) report.Links {
	files := fmt.Sprintf("%s/%s/blob/", strings.TrimSuffix(e.ServerURL, "/"), e.Repository)
	links := report.Links{Head: files + s.sha, Run: e.RunURL}
	if base != "" {
		links.Base = files + base
	}
	return links
}
