package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// isSentenceMark reports punctuation around words that does not change them. It excludes
// brackets, signs and the exclamation mark: -3, f(x) and 5! are mathematics.
func isSentenceMark(r rune) bool {
	switch r {
	case '.', ',', ';', ':', '?', '"', '\'', '‘', '’', '“', '”', '…':
		return true
	}
	return false
}

// Words returns the words of a text for comparison: separated by white space, in Unicode
// NFC and lower case, without invisible characters and surrounding punctuation.
func Words(s string) []string {
	words := strings.Fields(fold(s))
	kept := words[:0]
	for _, word := range words {
		if word = strings.TrimFunc(word, isSentenceMark); word != "" {
			kept = append(kept, word)
		}
	}
	return kept
}

// Normal returns the form in which equal questions compare equal: NFC and lower case,
// without invisible characters, final full stops and question marks, and white space
// except between letters and digits ("2 + 2" is "2+2", but "1 1/2" is not "11/2").
func Normal(s string) string {
	s = strings.TrimRightFunc(fold(s), func(r rune) bool {
		return r == '.' || r == '?' || unicode.IsSpace(r)
	})
	var b strings.Builder
	b.Grow(len(s))
	var last rune
	space := false
	for _, r := range s {
		if unicode.IsSpace(r) {
			space = true
			continue
		}
		if space && inWord(last) && inWord(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last, space = r, false
	}
	return b.String()
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func fold(s string) string {
	if lower, ascii := lowerASCII(s); ascii {
		return lower
	}
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s))
}

// lowerASCII is strings.ToLower, some times faster, for ASCII only.
func lowerASCII(s string) (lower string, ascii bool) {
	folded := make([]byte, len(s))
	for i := range len(s) {
		c := s[i]
		if c > unicode.MaxASCII {
			return "", false
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		folded[i] = c
	}
	return string(folded), true
}
