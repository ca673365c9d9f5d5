package report

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// FileURL is the address of a line of a file below the address of all files; empty:
// there is none.
func FileURL(files, file string, line int) string {
	base, err := url.Parse(files)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return ""
	}
	if !filepath.IsLocal(file) || path.Clean(file) != file || file == "." {
		return ""
	}
	var escaped []string
	for part := range strings.SplitSeq(file, "/") {
		escaped = append(escaped, url.PathEscape(part))
	}
	at := base.JoinPath(escaped...) // #nosec G125 -- each element is escaped above, and the path is local
	at.Fragment = fmt.Sprintf("L%d", line)
	return at.String()
}

// FileURL is the address of a line of the judged tree on the given side; an empty side
// is looked up in Sides.
func (r Report) FileURL(side Side, file string, line int) string {
	if side == "" {
		side = r.Sides[file]
	}
	switch side {
	case Neither:
		return ""
	case BaseSide:
		return FileURL(r.Links.Base, file, line)
	}
	return FileURL(r.Links.Head, file, line)
}

// PlaceURL is FileURL for a place written as file:line.
func (r Report) PlaceURL(place string) string {
	i := strings.LastIndexByte(place, ':')
	if i < 0 {
		return ""
	}
	line, err := strconv.Atoi(place[i+1:])
	if err != nil || line < 1 {
		return ""
	}
	return r.FileURL("", place[:i], line)
}
