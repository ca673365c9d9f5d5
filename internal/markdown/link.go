package markdown

import "regexp"

// safeAddress is one that Markdown leaves as it is: of a page, and of a file's line.
const safeAddress = `^https?://[A-Za-z0-9.:-]+/[A-Za-z0-9._~%/@:+,=-]*`

var pageAddress, lineAddress = regexp.MustCompile(safeAddress + `$`), regexp.MustCompile(safeAddress + `#L[0-9]+$`)

// IsPage says whether an address is that of a page, and may stand in a link as it is.
func IsPage(url string) bool { return pageAddress.MatchString(url) }

// LinkLine is an untrusted text as a code span of at most so many runes, linked
// where url is a plain address of a file's line.
func LinkLine(s, url string, runes int) string {
	s = Span(s, runes)
	if !lineAddress.MatchString(url) {
		return s
	}
	return "[" + s + "](" + url + ")"
}
