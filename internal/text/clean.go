package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible says whether a rune may be shown where it came from others. Control
// and format characters (terminal escapes, bidi, zero-width, tags) and whatever
// else draws nothing may not: they change how the text around them is read. A
// line feed and a tab are visible.
func Visible(r rune) bool {
	switch {
	case ' ' <= r && r <= '~' || r == '\n' || r == '\t':
		return true
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return false
	}
	return true
}

// endsLine are the runes beside the line feed that some reader takes for the end
// of a line: a carriage return, and those of Unicode's newline guidelines.
const endsLine = "\r\v\f\u0085\u2028\u2029"

// Clean makes untrusted text harmless to look at: what separates lines becomes a
// line feed, what is not [Visible] is dropped, broken UTF-8 becomes U+FFFD.
// Clean text is left as it is.
func Clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case Visible(r):
			return r
		case strings.ContainsRune(endsLine, r):
			return '\n'
		}
		return -1
	}, s)
}

// Line makes untrusted text one line of at most so many runes, 3 or more, with
// single spaces; a longer one ends with "...".
func Line(s string, most int) string {
	s = strings.Join(strings.Fields(Clean(s)), " ")
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most-3]) + "..."
	}
	return s
}

// Begin makes the beginning of an untrusted text fit for a line: white space becomes
// spaces, what is not [Visible] is dropped, and after so many runes it ends with an
// ellipsis. It reads no further, however long the text is.
func Begin(s string, most int) string {
	var b strings.Builder
	runes := 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case !Visible(r):
			continue
		}
		if runes++; runes == most {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// around is how many runes [Around] shows before its place, and from there on.
const around = 20

// Around shows where in an untrusted text a byte offset is: the character, counted from
// 1, and in quotes the text around it, fit for a line.
func Around(s string, at int) string {
	before, after := []rune(s[:at]), s[at:]
	character, opens := len(before)+1, ""
	if len(before) > around {
		before, opens = before[len(before)-around:], "…"
	}
	return fmt.Sprintf(`character %d of "%s%s%s"`, character, opens, Begin(string(before), around+1), Begin(after, around+1))
}

// Empty stands where an untrusted text has nothing that can be seen.
const Empty = "(empty)"

// Shown is [Line], and [Empty] where that has nothing to show.
func Shown(s string, most int) string {
	if s = Line(s, most); s == "" {
		return Empty
	}
	return s
}

// Cut bounds clean text to so many lines and runes, and says in a line of its
// own how much it left out.
func Cut(s string, lines, runes int) string {
	var kept int
	for i := range s {
		if runes == 0 {
			break
		}
		runes--
		if s[i] == '\n' {
			if lines--; lines == 0 {
				break
			}
		}
		_, width := utf8.DecodeRuneInString(s[i:])
		kept = i + width
	}
	if kept == len(s) {
		return s
	}
	return fmt.Sprintf("%s\n[%s more]", strings.TrimRight(s[:kept], "\n"), Count(utf8.RuneCountInString(s[kept:]), "character"))
}

// Block is untrusted text of several lines, cleaned and [Cut]; [Empty] where
// there is nothing but white space.
func Block(s string, lines, runes int) string {
	if s = Clean(s); strings.TrimSpace(s) == "" {
		return Empty
	}
	return Cut(s, lines, runes)
}

// maxName bounds a name, in bytes.
const maxName = 64

// Name makes an untrusted name one of [A-Za-z0-9._-]{1,64}.
func Name(s string) string {
	kept := strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r)) {
			return r
		}
		return '_'
	}, s)
	if kept == "" {
		return "_"
	}
	return kept[:min(len(kept), maxName)]
}

// Inert stops the old form of a workflow command, "##[error]", which the runner
// of GitHub Actions obeys anywhere in a line of a log. The new form, "::error::",
// counts at the start of a line only: there nothing untrusted may stand. Clean
// first, as a dropped character can join what Inert must see.
func Inert(s string) string { return strings.ReplaceAll(s, "##[", `##\[`) }
