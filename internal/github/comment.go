package github

import (
	"context"
	"fmt"
	"slices"
	"strings"

	gh "github.com/google/go-github/v62/github"
)

// Sticky is our one comment on a pull request.
type Sticky struct {
	Marker   string                // how our comments begin; those of the author that begin so are ours
	Body     string                // Markdown, begins with Marker, at most 65,536 characters
	Replaces func(old string) bool // false: the comment with this body is newer and stays
}

// Upsert writes a comment on a pull request, in place of ours if there is one, and
// removes duplicates of ours that it replaces. It returns the address of what is
// there now, and whether that is s: a newer one is left alone. Comments of others
// than the author do not count as ours, whatever they begin with. If the token
// turns out to be somebody else's (see Client.Writer), that one's are.
func (c *Client) Upsert(ctx context.Context, number int, s Sticky) (url string, wrote bool, err error) {
	url, wrote, err = c.upsert(ctx, number, s)
	if gone(err) { // another job removed it meanwhile
		url, wrote, err = c.upsert(ctx, number, s)
	}
	return url, wrote, explain(fmt.Sprintf("comment on #%d", number), "pull-requests: write", err)
}

// Stuck returns the bodies of our comments on a pull request that begin with the marker,
// the oldest first.
func (c *Client) Stuck(ctx context.Context, number int, marker string) (bodies []string, err error) {
	ours, err := c.comments(ctx, number, marker)
	for _, o := range ours {
		bodies = append(bodies, o.GetBody())
	}
	return bodies, explain(fmt.Sprintf("read the comments on #%d", number), "pull-requests: read", err)
}

func (c *Client) upsert(ctx context.Context, number int, s Sticky) (url string, wrote bool, err error) {
	ours, err := c.comments(ctx, number, s.Marker)
	if err == nil && len(ours) == 0 {
		ours, err = c.comment(ctx, number, s)
	}
	if err != nil {
		return "", false, err
	}
	var newer, older []*gh.IssueComment
	for _, o := range ours {
		if s.Replaces(o.GetBody()) {
			older = append(older, o)
		} else {
			newer = append(newer, o)
		}
	}
	if len(newer) > 0 {
		return newer[len(newer)-1].GetHTMLURL(), false, c.removeComments(ctx, older)
	}
	at := max(0, slices.IndexFunc(older, func(o *gh.IssueComment) bool { return same(o.GetBody(), s.Body) }))
	if c.mistaken {
		at = 0 // the one that existed before the author was known
	}
	kept := older[at]
	if !same(kept.GetBody(), s.Body) {
		if _, _, err := c.again.Issues.EditComment(ctx, c.owner, c.name, kept.GetID(), &gh.IssueComment{Body: &s.Body}); err != nil {
			return "", false, err
		}
	}
	return kept.GetHTMLURL(), true, c.removeComments(ctx, slices.Delete(older, at, at+1))
}

func (c *Client) removeComments(ctx context.Context, all []*gh.IssueComment) error {
	for _, o := range all {
		if _, err := c.again.Issues.DeleteComment(ctx, c.owner, c.name, o.GetID()); err != nil && !gone(err) {
			return err
		}
	}
	return nil
}

// comment makes the first one, and returns all of ours that are there then: another
// job may have made one at the same time.
func (c *Client) comment(ctx context.Context, number int, s Sticky) (ours []*gh.IssueComment, err error) {
	var made *gh.IssueComment
	err = c.settle(ctx, func() (err error) {
		made, _, err = c.once.Issues.CreateComment(ctx, c.owner, c.name, number, &gh.IssueComment{Body: &s.Body})
		return err
	}, func() (bool, error) {
		ours, err = c.comments(ctx, number, s.Marker)
		return len(ours) > 0, err
	})
	if err != nil || made == nil {
		return ours, err
	}
	if login := made.GetUser().GetLogin(); login != "" && login != c.author {
		c.author, c.mistaken = login, true
	}
	ours, err = c.comments(ctx, number, s.Marker)
	if !slices.ContainsFunc(ours, func(o *gh.IssueComment) bool { return o.GetID() == made.GetID() }) {
		ours = append(ours, made)
	}
	return ours, err
}

// comments returns those of the author that begin with marker, the oldest first.
func (c *Client) comments(ctx context.Context, number int, marker string) ([]*gh.IssueComment, error) {
	all, err := pages(func(page gh.ListOptions) ([]*gh.IssueComment, *gh.Response, error) {
		return c.again.Issues.ListComments(ctx, c.owner, c.name, number, &gh.IssueListCommentsOptions{ListOptions: page})
	})
	return slices.DeleteFunc(all, func(o *gh.IssueComment) bool {
		return o.GetUser().GetLogin() != c.author || !strings.HasPrefix(o.GetBody(), marker)
	}), err
}

// same compares bodies as they are stored: line ends and outer white space may change.
func same(a, b string) bool {
	return strings.TrimSpace(strings.ReplaceAll(a, "\r\n", "\n")) == strings.TrimSpace(strings.ReplaceAll(b, "\r\n", "\n"))
}
