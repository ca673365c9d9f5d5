package github

import (
	"context"
	"fmt"

	gh "github.com/google/go-github/v62/github"
)

// Status is a commit status.
type Status struct {
	State       string // pending, success, failure or error
	Context     string // its name, which a branch rule can require
	Description string // one line; GitHub shows the first 140 characters
	URL         string
}

// Status sets the status of a commit. If the answer is lost, it is set again only
// if the latest one of its context differs.
func (c *Client) Status(ctx context.Context, sha string, s Status) error {
	defer c.wait.renew(forStatus)()
	s.Description = clip(s.Description, 140)
	err := c.settle(ctx, func() error {
		_, _, err := c.once.Repositories.CreateStatus(ctx, c.owner, c.name, sha, &gh.RepoStatus{
			State: &s.State, Context: &s.Context, Description: &s.Description, TargetURL: given(s.URL),
		})
		return err
	}, func() (bool, error) {
		newestFirst, _, err := c.again.Repositories.ListStatuses(ctx, c.owner, c.name, sha, &gh.ListOptions{PerPage: 100})
		for _, there := range newestFirst {
			if there.GetContext() == s.Context {
				return s == Status{there.GetState(), there.GetContext(), there.GetDescription(), there.GetTargetURL()}, err
			}
		}
		return false, err
	})
	return explain(fmt.Sprintf("set the status %s of %s", s.Context, sha), "statuses: write", err)
}

// given omits an empty text from a request.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
