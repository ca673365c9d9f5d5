package github

import (
	"context"
	"errors"
	"fmt"

	gh "github.com/google/go-github/v62/github"
)

const maxContents = 1 << 20 // bytes that come inside JSON

// Pull is a pull request. Its names are written by its author.
type Pull struct {
	Number                      int
	HeadSHA, HeadRef, HeadOwner string // commit, branch, and who owns the repository that the branch is in
	Open                        bool
}

func pullOf(p *gh.PullRequest) Pull {
	return Pull{
		Number:    p.GetNumber(),
		HeadSHA:   p.GetHead().GetSHA(),
		HeadRef:   p.GetHead().GetRef(),
		HeadOwner: p.GetHead().GetUser().GetLogin(),
		Open:      p.GetState() == "open",
	}
}

// Pull returns the pull request of a number.
func (c *Client) Pull(ctx context.Context, number int) (Pull, error) {
	p, _, err := c.again.PullRequests.Get(ctx, c.owner, c.name, number)
	return pullOf(p), explain(fmt.Sprintf("read pull request #%d", number), "pull-requests: read", err)
}

// PullOf returns the newest pull request of a branch whose head is sha, an open one
// before a closed one. Events of forks do not name their pull request.
func (c *Client) PullOf(ctx context.Context, owner, branch, sha string) (Pull, error) {
	all, err := pages(func(page gh.ListOptions) ([]*gh.PullRequest, *gh.Response, error) {
		return c.again.PullRequests.List(ctx, c.owner, c.name, &gh.PullRequestListOptions{State: "all", Head: owner + ":" + branch, ListOptions: page})
	})
	var found *gh.PullRequest
	for _, p := range all {
		if p.GetHead().GetSHA() == sha && (found == nil || found.GetState() != "open" && p.GetState() == "open") {
			found = p
		}
	}
	doing := fmt.Sprintf("find the pull request of %q at %s", owner+":"+branch, sha)
	if err == nil && found == nil {
		return Pull{}, fmt.Errorf("github: %s: %w (hint: another commit may have been pushed since)", doing, ErrNotFound)
	}
	return pullOf(found), explain(doing, "pull-requests: read", err)
}

// Contents returns a file, at most 1 MB long, as it is at ref: a commit, branch or tag.
func (c *Client) Contents(ctx context.Context, path, ref string) ([]byte, error) {
	doing := fmt.Sprintf("read %s at %s", path, ref)
	file, _, _, err := c.again.Repositories.GetContents(ctx, c.owner, c.name, path, &gh.RepositoryContentGetOptions{Ref: ref})
	if err != nil {
		return nil, explain(doing, "contents: read", err)
	}
	switch {
	case file.GetType() != "file":
		err = errors.New("it is not a file")
	case file.GetSize() > maxContents:
		err = fmt.Errorf("it has %d bytes, and GitHub returns at most 1 MB", file.GetSize())
	}
	if err != nil {
		return nil, explain(doing, "", err)
	}
	text, err := file.GetContent()
	return []byte(text), explain(doing, "", err)
}
