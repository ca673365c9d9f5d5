package report

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// fileURL is where a line of a file is shown, under the address of all files;
// empty: nowhere.
func fileURL(files, file string, line int) string {
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
	at := base.JoinPath(escaped...)
	at.Fragment = fmt.Sprintf("L%d", line)
	return at.String()
}

// placeURL is the same for a place written as file:line.
func placeURL(files, place string) string {
	i := strings.LastIndexByte(place, ':')
	if i < 0 {
		return ""
	}
	line, err := strconv.Atoi(place[i+1:])
	if err != nil || line < 1 {
		return ""
	}
	return fileURL(files, place[:i], line)
}
