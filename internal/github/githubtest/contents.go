package githubtest

import (
	"encoding/base64"
	"net/http"
	"path"
	"slices"
	"strings"
)

// file is one file at a ref: a branch, a tag or a commit, as it was set.
type file struct{ ref, path string }

// SetFile sets what a file holds at a ref. An empty ref is the default branch.
func (s *Server) SetFile(ref, path string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[file{ref, path}] = append([]byte{}, data...)
}

// inline is the largest file that comes inside JSON, in bytes; the raw media type
// carries those up to raw.
const (
	inline = 1 << 20
	raw    = 100 << 20
)

func (s *Server) getContents(c call) answer {
	ref := strings.TrimPrefix(c.ask("ref", ""), "refs/heads/")
	name := c.path["path"]
	data, ok := s.files[file{ref, name}]
	if !ok {
		return s.getFolder(ref, name)
	}
	if len(data) > raw {
		return refuse(http.StatusForbidden, "This API returns blobs up to 100 MB in size.")
	}
	if accept := c.header.Get("Accept"); strings.HasPrefix(accept, "application/vnd.github") && strings.Contains(accept, "raw") {
		return answer{status: http.StatusOK, page: data, header: http.Header{"Content-Type": {accept}}}
	}
	content, encoding := base64.StdEncoding.EncodeToString(data), "base64"
	if len(data) > inline {
		content, encoding = "", "none"
	}
	return answer{status: http.StatusOK, body: object{
		"type": "file", "encoding": encoding, "content": content,
		"size": len(data), "name": path.Base(name), "path": name,
	}}
}

// getFolder lists the files right in a folder.
func (s *Server) getFolder(ref, name string) answer {
	var entries []any
	for at, data := range s.files {
		if at.ref == ref && path.Dir(at.path) == name {
			entries = append(entries, object{"type": "file", "name": path.Base(at.path), "path": at.path, "size": len(data)})
		}
	}
	if entries == nil {
		return notFound()
	}
	slices.SortFunc(entries, func(a, b any) int {
		return strings.Compare(a.(object)["path"].(string), b.(object)["path"].(string))
	})
	return answer{status: http.StatusOK, body: entries}
}
