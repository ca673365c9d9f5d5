package text

import (
	"html"
	"regexp"
	"strings"
)

var (
	title  = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	unseen = regexp.MustCompile(`(?is)<!--.*?-->|<(script|style)\b.*?</(script|style)>|<[^>]*>`)
)

// Page extracts the text of an HTML page, such as a proxy's error: its title, or else its
// text. Other text is unchanged. The result is as untrusted as the page: show it with
// [Line] or similar.
func Page(page string) string {
	if !strings.HasPrefix(strings.TrimSpace(page), "<") {
		return page
	}
	if found := title.FindStringSubmatch(page); found != nil && strings.TrimSpace(found[1]) != "" {
		return html.UnescapeString(unseen.ReplaceAllString(found[1], " "))
	}
	return html.UnescapeString(unseen.ReplaceAllString(page, " "))
}
