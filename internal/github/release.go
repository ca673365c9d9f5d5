package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	gh "github.com/google/go-github/v62/github"
)

// Release is a draft that a maintainer can publish.
type Release struct {
	Tag, Target string // name of the tag, which publishing makes, and the commit that it is for
	Ending      string // of the tag: a draft of such a tag is this one, whatever its beginning; empty: it has no like
	Title, Body string
	Assets      map[string]string // name (letters, digits, dots, dashes) -> path of the file; read into memory
}

// Draft makes or updates the draft release of a tag, or of one with that ending, with
// exactly these contents in the assets of these names, and returns its address. A
// published release of that tag is left alone: it must not change
// anymore.
func (c *Client) Draft(ctx context.Context, r Release) (url string, err error) {
	url, err = c.draft(ctx, r)
	err = explain("draft the release "+r.Tag, "contents: write", err)
	if errors.Is(err, ErrForbidden) {
		err = fmt.Errorf("%w (or the commit changes a workflow file, which a workflow's token cannot release: create the tag %s by hand)", err, r.Tag)
	}
	return url, err
}

func (c *Client) draft(ctx context.Context, r Release) (string, error) {
	there, err := c.release(ctx, r)
	if err != nil {
		return "", err
	}
	if there != nil && !there.GetDraft() {
		return there.GetHTMLURL(), nil
	}
	wanted := &gh.RepositoryRelease{TagName: &r.Tag, TargetCommitish: &r.Target, Name: &r.Title, Body: &r.Body, Draft: gh.Bool(true)}
	if there != nil {
		there, _, err = c.again.Repositories.EditRelease(ctx, c.owner, c.name, there.GetID(), wanted)
	} else {
		err = c.settle(ctx, func() (err error) {
			there, _, err = c.once.Repositories.CreateRelease(ctx, c.owner, c.name, wanted)
			return err
		}, func() (found bool, err error) {
			there, err = c.release(ctx, r)
			return there != nil, err
		})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Assets)) {
		if err == nil {
			err = c.attach(ctx, there, name, r.Assets[name])
		}
	}
	return there.GetHTMLURL(), err
}

// release finds the one of the wanted tag, else a draft that is like it; nil when
// there is none.
func (c *Client) release(ctx context.Context, wanted Release) (like *gh.RepositoryRelease, err error) {
	all, err := pages(func(page gh.ListOptions) ([]*gh.RepositoryRelease, *gh.Response, error) {
		return c.again.Repositories.ListReleases(ctx, c.owner, c.name, &page)
	})
	for _, r := range all {
		switch {
		case r.GetTagName() == wanted.Tag:
			return r, err
		case like == nil && r.GetDraft() && wanted.Ending != "" && strings.HasSuffix(r.GetTagName(), wanted.Ending):
			like = r
		}
	}
	return like, err
}

// attach uploads a file to a draft, in place of an asset of the same name.
func (c *Client) attach(ctx context.Context, draft *gh.RepositoryRelease, name, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		return errors.New(path + " is empty, and GitHub refuses empty assets")
	}
	if err := c.detach(ctx, draft.Assets, name); err != nil {
		return err
	}
	target, _, _ := strings.Cut(draft.GetUploadURL(), "{")
	return c.settle(ctx, func() error {
		request, err := c.once.NewUploadRequest(target+"?name="+url.QueryEscape(name), bytes.NewReader(data), int64(len(data)), "application/octet-stream")
		if err != nil {
			return err
		}
		_, err = c.once.Do(ctx, request, nil)
		return err
	}, func() (bool, error) {
		there, _, err := c.again.Repositories.ListReleaseAssets(ctx, c.owner, c.name, draft.GetID(), &gh.ListOptions{PerPage: 100})
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(there, func(a *gh.ReleaseAsset) bool {
			return a.GetName() == name && a.GetState() == "uploaded" && a.GetSize() == len(data)
		}) {
			return true, nil
		}
		return false, c.detach(ctx, there, name)
	})
}

// detach deletes the asset of a name, if it exists: also the rest of an upload
// that was interrupted, which would block the next one.
func (c *Client) detach(ctx context.Context, assets []*gh.ReleaseAsset, name string) error {
	for _, a := range assets {
		if a.GetName() == name {
			if _, err := c.again.Repositories.DeleteReleaseAsset(ctx, c.owner, c.name, a.GetID()); err != nil && !gone(err) {
				return err
			}
		}
	}
	return nil
}
