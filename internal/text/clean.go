package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible reports whether an untrusted rune may be shown. Control and format characters
// (terminal escapes, bidi, zero-width, tags) and other invisible ones may not: they
// change how the surrounding text is read. A line feed and a tab are visible.
func Visible(r rune) bool {
	switch {
	case ' ' <= r && r <= '~' || r == '\n' || r == '\t':
		return true
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return false
	}
	return true
}

// endsLine reports runes other than the line feed that some readers take for a line end:
// a carriage return, and those of Unicode's newline guidelines.
const endsLine = "\r\v\f\u0085\u2028\u2029"

// Clean makes untrusted text safe to display: line separators become line feeds, runes
// that are not [Visible] are dropped, invalid UTF-8 becomes U+FFFD. Clean text is
// unchanged.
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

// Line turns untrusted text into one line of at most that many runes, 3 or more, with
// single spaces; a longer text ends with "...".
func Line(s string, most int) string {
	s = strings.Join(strings.Fields(Clean(s)), " ")
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most-3]) + "..."
	}
	return s
}

// Begin turns the beginning of an untrusted text into one line: white space becomes
// spaces, runes that are not [Visible] are dropped, and after that many runes it ends
// with an ellipsis. It reads no further, however long the text is.
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

// around is how many runes [Around] shows before the offset, and after it.
const around = 20

// Around describes a byte offset in an untrusted text: the character, counted from 1, and
// the text around it, quoted, on one line.
func Around(s string, at int) string {
	before, after := []rune(s[:at]), s[at:]
	character, opens := len(before)+1, ""
	if len(before) > around {
		before, opens = before[len(before)-around:], "…"
	}
	return fmt.Sprintf(`character %d of "%s%s%s"`, character, opens, Begin(string(before), around+1), Begin(after, around+1))
}

// Empty replaces an untrusted text with nothing visible.
const Empty = "(empty)"

// Shown is [Line], or [Empty] if that is empty.
func Shown(s string, most int) string {
	if s = Line(s, most); s == "" {
		return Empty
	}
	return s
}

// Cut limits clean text to that many lines and runes, and adds a line with how much it
// omitted.
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

// Block is untrusted text of several lines, cleaned and [Cut]; [Empty] if only white
// space.
func Block(s string, lines, runes int) string {
	if s = Clean(s); strings.TrimSpace(s) == "" {
		return Empty
	}
	return Cut(s, lines, runes)
}

// maxName limits a name, in bytes.
const maxName = 64

// Name turns an untrusted name into one that matches [A-Za-z0-9._-]{1,64}.
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

// Inert disables the old form of a workflow command, "##[error]", which GitHub's runner
// obeys anywhere in a log line. The new form, "::error::", counts only at the start of a
// line, where untrusted text must not be. Clean first, because a dropped character can
// join what Inert must see.
func Inert(s string) string { return strings.ReplaceAll(s, "##[", `##\[`) }
