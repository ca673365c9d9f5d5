package playbook

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// quoted reads a text in double quotes.
func (p *parser) quoted() (string, error) {
	p.rest = p.rest[1:]
	var b strings.Builder
	for {
		plain := strings.IndexFunc(p.rest, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' })
		if plain < 0 {
			p.rest = ""
			return "", p.failf("unterminated string (hint: add the closing quote)")
		}
		b.WriteString(p.rest[:plain])
		p.rest = p.rest[plain:]
		switch p.rest[0] {
		case '"':
			p.rest = p.rest[1:]
			return b.String(), nil
		case '\\':
			if err := p.escape(&b); err != nil {
				return "", err
			}
		default:
			return "", p.failf(`control character in a string (hint: write \n for a line end, \t for a tab)`)
		}
	}
}

func (p *parser) escape(b *strings.Builder) error {
	if len(p.rest) > 1 {
		if c, known := escapes[p.rest[1]]; known {
			b.WriteByte(c)
			p.rest = p.rest[2:]
			return nil
		}
	}
	r, ok := unit(p.rest)
	if !ok {
		return p.failf(`unknown escape (hint: write \\ for a backslash, \u and four digits for a character)`)
	}
	p.rest = p.rest[6:]
	if low, ok := unit(p.rest); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			p.rest = p.rest[6:]
			r = pair
		}
	}
	if utf16.IsSurrogate(r) {
		b.Write([]byte{0xE0 | byte(r>>12), 0x80 | byte(r>>6)&0x3F, 0x80 | byte(r)&0x3F})
		return nil
	}
	b.WriteRune(r)
	return nil
}

// unit reads \u and four hexadecimal digits, without taking them.
func unit(s string) (rune, bool) {
	if len(s) < 6 || s[:2] != `\u` {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}

// next is the first character of a text, which may be a lone surrogate, and how
// many bytes it takes.
func next(s string) (r rune, size int) {
	r, size = utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 && len(s) >= 3 {
		return rune(s[0]&0x0F)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return r, size
}
