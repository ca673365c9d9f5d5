package playbook

import (
	"strings"
	"unicode"
)

// lower is Python's str.lower: Unicode's full mapping, in which a capital sigma
// at the end of a word becomes a final one and the dotted capital I two characters.
func lower(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	cased := false // the last character that is not ignorable
	for len(s) > 0 {
		r, size := next(s)
		head := s[:size]
		s = s[size:]
		switch lowered := unicode.ToLower(r); {
		case r == 'Σ' && cased && !startsCased(s):
			b.WriteRune('ς')
		case r == 'İ':
			b.WriteString("i̇")
		case lowered == r:
			b.WriteString(head)
		default:
			b.WriteRune(lowered)
		}
		if !ignorable(r) {
			cased = isCased(r)
		}
	}
	return b.String()
}

// startsCased reports whether the first character that is not ignorable has case.
func startsCased(s string) bool {
	for len(s) > 0 {
		r, size := next(s)
		if !ignorable(r) {
			return isCased(r)
		}
		s = s[size:]
	}
	return false
}

// isCased is Unicode's property Cased.
func isCased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Uppercase, unicode.Other_Lowercase)
}

// ignorable is Unicode's property Case_Ignorable (Unicode Standard, D136): marks,
// modifiers and format characters, and what is inside words as an apostrophe is
// (Word_Break MidLetter, MidNumLet and Single_Quote).
func ignorable(r rune) bool {
	switch r {
	case '\'', '.', ':', 0xB7, 0x387, 0x55F, 0x5F4, 0x2018, 0x2019, 0x2024, 0x2027, 0xFE13, 0xFE52, 0xFE55, 0xFF07, 0xFF0E, 0xFF1A:
		return true
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}
