package report

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes untrusted text harmless to look at: what separates lines becomes
// a line feed; control, format (bidi, zero-width, tags) and other invisible
// characters are dropped; broken UTF-8 becomes U+FFFD.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case ' ' <= r && r <= '~' || r == '\n' || r == '\t':
			return r
		case strings.ContainsRune("\r\v\f\u0085\u2028\u2029", r):
			return '\n'
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
			return -1
		}
		return r
	}, s)
}

// cut bounds s to so many lines and runes, and says what it left out.
func cut(s string, lines, runes int) string {
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
	return fmt.Sprintf("%s\n[%s more]", strings.TrimRight(s[:kept], "\n"), count(utf8.RuneCountInString(s[kept:]), "character"))
}

// line makes untrusted text one line of at most so many runes.
func line(s string, runes int) string {
	s = strings.Join(strings.Fields(clean(s)), " ")
	if s == "" {
		return "(empty)"
	}
	if utf8.RuneCountInString(s) > runes {
		return string([]rune(s)[:runes-3]) + "..."
	}
	return s
}

// name makes an untrusted name one of [A-Za-z0-9._-]{1,64}.
func name(s string) string {
	kept := strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r)) {
			return r
		}
		return '_'
	}, s)
	if kept == "" {
		return "_"
	}
	return kept[:min(len(kept), 64)]
}

// backticks gives a run of at least so many, longer than any in s: Markdown has
// no escape within code.
func backticks(s string, least int) string {
	longest, run := 0, 0
	for _, r := range s {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return strings.Repeat("`", max(least, longest+1))
}

// fence is untrusted text as a Markdown code block.
func fence(s string, lines, runes int) string {
	s = strings.Trim(clean(s), "\n")
	if strings.TrimSpace(s) == "" {
		s = "(empty)"
	}
	return fenced(cut(s, lines, runes))
}

// fenced is a clean text as a Markdown code block.
func fenced(s string) string {
	marks := backticks(s, 3)
	return marks + "text\n" + s + "\n" + marks + "\n"
}

// span is untrusted text as a Markdown code span of at most so many runes. It
// must not stand in a table, where a pipe would end the cell.
func span(s string, runes int) string {
	s = line(s, runes)
	marks := backticks(s, 1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return marks + s + marks
}

// code is an untrusted name as a Markdown code span, fit for a table.
func code(s string) string { return "`" + name(s) + "`" }

var (
	// sentence is what the gate's reasons are made of: no character with a
	// meaning to Markdown, no colon that could open an emoji.
	sentence = regexp.MustCompile(`^(?:[A-Za-z0-9,.;()%+='<-]+:?(?: |$))+$`)
	// quoted is a name in such a text that stands in backticks.
	quoted = regexp.MustCompile("`[A-Za-z0-9._:/ -]{1,64}`")
	// linked is what GitHub links by itself within such a text.
	linked = regexp.MustCompile(`(?i)www\.|\b[a-z]+-[0-9]|\b[0-9a-f]{7,}\b`)
)

// prose is a sentence of ours, such as a reason, as Markdown text; one that holds
// anything unusual becomes a code span.
func prose(s string) string {
	plain := quoted.ReplaceAllString(s, "'") // which ends a word as a backtick does
	if !sentence.MatchString(plain) || linked.MatchString(plain) || len(s) > 400 {
		return span(s, 400)
	}
	return strings.ReplaceAll(s, "<", "&lt;")
}
