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

// Page is what an HTML page says, as that of a proxy which answers in a server's
// place: its title, or its text where it has none. Other text stays as it is. The
// result is as untrusted as the page: show it with [Line] or the like.
func Page(page string) string {
	if !strings.HasPrefix(strings.TrimSpace(page), "<") {
		return page
	}
	if found := title.FindStringSubmatch(page); found != nil && strings.TrimSpace(found[1]) != "" {
		return html.UnescapeString(unseen.ReplaceAllString(found[1], " "))
	}
	return html.UnescapeString(unseen.ReplaceAllString(page, " "))
}
