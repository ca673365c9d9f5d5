package playbook

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// collapse joins the words of a text with single spaces: " ".join(s.split()).
func collapse(s string) string {
	return strings.Join(strings.FieldsFunc(s, isSpace), " ")
}

// isSpace is Python's str.isspace of one character, which has four separators
// more than Unicode's white space.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1C && r <= 0x1F
}

// str is Python's str of the value.
func (v value) str() string {
	if v.kind == text {
		return v.text
	}
	var b strings.Builder
	v.repr(&b)
	return b.String()
}

func (v value) repr(b *strings.Builder) {
	switch v.kind {
	case null:
		b.WriteString("None")
	case boolean:
		if v.text == "" {
			b.WriteString("False")
		} else {
			b.WriteString("True")
		}
	case integer:
		b.WriteString(v.text)
	case float:
		b.WriteString(formatFloat(v.float, "inf", "nan"))
	case text:
		quote(b, v.text)
	case list:
		b.WriteByte('[')
		for i, element := range v.list {
			if i > 0 {
				b.WriteString(", ")
			}
			element.repr(b)
		}
		b.WriteByte(']')
	case object:
		b.WriteByte('{')
		for i, m := range v.members {
			if i > 0 {
				b.WriteString(", ")
			}
			quote(b, m.name)
			b.WriteString(": ")
			m.value.repr(b)
		}
		b.WriteByte('}')
	}
}

// formatFloat is Python's repr of a float: the shortest digits that read back as
// the same number, with an exponent below 1e-4 and from 1e16 on.
func formatFloat(f float64, infinity, notANumber string) string {
	switch {
	case math.IsNaN(f):
		return notANumber
	case math.IsInf(f, 1):
		return infinity
	case math.IsInf(f, -1):
		return "-" + infinity
	case f != 0 && (math.Abs(f) < 1e-4 || math.Abs(f) >= 1e16):
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// quote writes Python's repr of a text: in single quotes unless it has these and
// no double ones, with everything escaped that can't be printed.
func quote(b *strings.Builder, s string) {
	mark := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		mark = '"'
	}
	b.WriteRune(mark)
	for len(s) > 0 {
		r, size := next(s)
		s = s[size:]
		switch {
		case r == mark, r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case strconv.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			fmt.Fprintf(b, `\U%08x`, r)
		}
	}
	b.WriteRune(mark)
}
