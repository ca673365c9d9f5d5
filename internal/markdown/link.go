package markdown

import "regexp"

// safeAddress matches addresses that need no escape in Markdown.
const safeAddress = `^https?://[A-Za-z0-9.:-]+/[A-Za-z0-9._~%/@:+,=-]*`

var pageAddress, lineAddress = regexp.MustCompile(safeAddress + `$`), regexp.MustCompile(safeAddress + `#L[0-9]+$`)

// IsPage says whether an address is a page's and can be used in a link unescaped.
func IsPage(url string) bool { return pageAddress.MatchString(url) }

// LinkLine is an untrusted text as a code span of at most the given runes, linked if url
// is a plain address of a file's line.
func LinkLine(s, url string, runes int) string {
	s = Span(s, runes)
	if !lineAddress.MatchString(url) {
		return s
	}
	return "[" + s + "](" + url + ")"
}
