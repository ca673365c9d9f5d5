package githubtest

import (
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Release is a release or a draft of one.
type Release struct {
	ID                       int64
	Tag, Target, Title, Body string
	Draft, PreRelease        bool
	Assets                   []Asset
}

type releaseRequest struct {
	Tag        *string `json:"tag_name"`
	Target     *string `json:"target_commitish"`
	Name, Body *string
	Draft      *bool
	PreRelease *bool `json:"prerelease"`
}

// longest is the number of characters that the text of a release can have.
const longest = 125000

// Releases returns all releases, the oldest first.
func (s *Server) Releases() []Release {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Release
	for _, release := range s.releases {
		copied := *release
		copied.Assets = slices.Clone(release.Assets)
		found = append(found, copied)
	}
	return found
}

// listReleases lists the newest first, and drafts too.
func (s *Server) listReleases(c call) answer {
	var found []any
	for _, release := range slices.Backward(s.releases) {
		found = append(found, s.showRelease(release))
	}
	return s.list(c, found)
}

// createRelease makes any number of drafts of one tag.
func (s *Server) createRelease(c call) answer {
	release := &Release{Target: "main"}
	if refusal := s.setRelease(release, read[releaseRequest](c)); refusal != nil {
		return *refusal
	}
	release.ID = s.id()
	s.releases = append(s.releases, release)
	return answer{status: http.StatusCreated, body: s.showRelease(release)}
}

func (s *Server) updateRelease(c call) answer {
	release := s.release(c)
	if release == nil {
		return notFound()
	}
	if refusal := s.setRelease(release, read[releaseRequest](c)); refusal != nil {
		return *refusal
	}
	return answer{status: http.StatusOK, body: s.showRelease(release)}
}

// setRelease takes over what was asked, or refuses what GitHub does not do.
func (s *Server) setRelease(release *Release, asked releaseRequest) *answer {
	changed := *release
	take(&changed.Tag, asked.Tag)
	take(&changed.Target, asked.Target)
	take(&changed.Title, asked.Name)
	take(&changed.Body, asked.Body)
	if asked.Draft != nil {
		changed.Draft = *asked.Draft
	}
	if asked.PreRelease != nil {
		changed.PreRelease = *asked.PreRelease
	}
	var refusal answer
	published := s.published(changed.Tag)
	switch {
	case utf8.RuneCountInString(changed.Body) > longest:
		refusal = invalid("Release", "body", "custom", "body is too long (maximum is 125000 characters)")
	case !changed.Draft && published != nil && published.ID != release.ID:
		refusal = invalid("Release", "tag_name", "already_exists", "")
	default:
		*release = changed
		return nil
	}
	return &refusal
}

func (s *Server) published(tag string) *Release {
	for _, release := range s.releases {
		if release.Tag == tag && !release.Draft {
			return release
		}
	}
	return nil
}

// getReleaseByTag finds no drafts: these have no tag yet.
func (s *Server) getReleaseByTag(c call) answer {
	if release := s.published(c.path["tag"]); release != nil {
		return answer{status: http.StatusOK, body: s.showRelease(release)}
	}
	return notFound()
}

func (s *Server) getRelease(c call) answer {
	if release := s.release(c); release != nil {
		return answer{status: http.StatusOK, body: s.showRelease(release)}
	}
	return notFound()
}

// release is the one that the path names, or nil.
func (s *Server) release(c call) *Release {
	for _, release := range s.releases {
		if release.ID == c.number("release_id") {
			return release
		}
	}
	return nil
}

func (s *Server) showRelease(release *Release) object {
	id := strconv.FormatInt(release.ID, 10)
	page := s.page("releases/tag/" + release.Tag)
	if release.Draft {
		page = s.page("releases/tag/untagged-" + id)
	}
	var assets []any
	for _, asset := range release.Assets {
		assets = append(assets, s.showAsset(release, asset))
	}
	shown := object{
		"id": release.ID, "tag_name": release.Tag, "target_commitish": release.Target, "name": release.Title,
		"body": release.Body, "draft": release.Draft, "prerelease": release.PreRelease, "author": user(Bot),
		"html_url": page, "upload_url": s.uploads(release) + "{?name,label}", "created_at": at(release.ID),
	}
	if assets != nil {
		shown["assets"] = assets
	}
	return shown
}
