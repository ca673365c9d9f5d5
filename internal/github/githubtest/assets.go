package githubtest

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Asset is a file of a release. State is "uploaded", or "starter" where the upload
// broke off.
type Asset struct {
	ID                int64
	Name, State, Type string
	Data              []byte
}

// renamed are the characters that become one dot in the name of an asset.
var renamed = regexp.MustCompile(`[^A-Za-z0-9_+@-]+`)

// uploads returns the address that takes in a release's assets.
func (s *Server) uploads(release *Release) string {
	return fmt.Sprintf("%s%s/repos/%s/%s/releases/%d/assets", strings.TrimSuffix(s.URL, apiRoot), uploadsRoot, s.owner, s.name, release.ID)
}

func (s *Server) listAssets(c call) answer {
	release := s.release(c)
	if release == nil {
		return notFound()
	}
	var found []any
	for _, asset := range release.Assets {
		found = append(found, s.showAsset(release, asset))
	}
	return s.list(c, found)
}

// uploadAsset takes in a new asset of a draft. It knows immutable releases only, so
// a published one takes none.
func (s *Server) uploadAsset(c call) answer {
	release := s.release(c)
	name := strings.Trim(renamed.ReplaceAllString(c.ask("name", ""), "."), ".")
	c.ask("label", "")
	switch {
	case release == nil:
		return notFound()
	case !release.Draft:
		return refuse(http.StatusUnprocessableEntity, "Cannot upload assets to an immutable release.")
	case len(c.body) == 0:
		return refuse(http.StatusBadRequest, "Bad Content-Length: 0")
	case slices.ContainsFunc(release.Assets, func(asset Asset) bool { return asset.Name == name }):
		return invalid("ReleaseAsset", "name", "already_exists", "")
	}
	asset := Asset{ID: s.id(), Name: name, State: "uploaded", Type: c.header.Get("Content-Type"), Data: c.body}
	release.Assets = append(release.Assets, asset)
	return answer{status: http.StatusCreated, body: s.showAsset(release, asset)}
}

// startAsset leaves what an upload leaves that broke off.
func (s *Server) startAsset(c call) {
	if s.uploadAsset(c).status == http.StatusCreated {
		assets := s.release(c).Assets
		assets[len(assets)-1].State, assets[len(assets)-1].Data = "starter", nil
	}
}

func (s *Server) deleteAsset(c call) answer {
	id := c.number("asset_id")
	for _, release := range s.releases {
		at := slices.IndexFunc(release.Assets, func(asset Asset) bool { return asset.ID == id })
		if at >= 0 {
			release.Assets = slices.Delete(release.Assets, at, at+1)
			return answer{status: http.StatusNoContent}
		}
	}
	return notFound()
}

func (s *Server) showAsset(release *Release, asset Asset) object {
	return object{
		"id": asset.ID, "name": asset.Name, "state": asset.State, "content_type": asset.Type, "size": len(asset.Data),
		"digest":               fmt.Sprintf("sha256:%x", sha256.Sum256(asset.Data)),
		"uploader":             user(Bot),
		"browser_download_url": s.page("releases/download/" + release.Tag + "/" + asset.Name),
		"url":                  s.URL + "/repos/" + s.owner + "/" + s.name + "/releases/assets/" + strconv.FormatInt(asset.ID, 10),
	}
}
