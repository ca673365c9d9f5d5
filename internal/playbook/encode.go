package playbook

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// encode writes the value as CPython's json.dumps(indent=2, ensure_ascii=False)
// does; indent is that of the line on which it begins.
func (v value) encode(b *bytes.Buffer, indent string) error {
	inside := indent + "  "
	switch v.kind {
	case null:
		b.WriteString("null")
	case boolean:
		fmt.Fprint(b, v.text != "")
	case integer:
		b.WriteString(v.text)
	case float:
		b.WriteString(formatFloat(v.float, "Infinity", "NaN"))
	case text:
		return v.encodeText(b, v.text)
	case list:
		if len(v.list) == 0 {
			b.WriteString("[]")
			return nil
		}
		for i, element := range v.list {
			b.WriteString(separator("[", i) + inside)
			if err := element.encode(b, inside); err != nil {
				return err
			}
		}
		b.WriteString("\n" + indent + "]")
	case object:
		if len(v.members) == 0 {
			b.WriteString("{}")
			return nil
		}
		for i, m := range v.members {
			b.WriteString(separator("{", i) + inside)
			if err := v.encodeText(b, m.name); err != nil {
				return err
			}
			b.WriteString(": ")
			if err := m.value.encode(b, inside); err != nil {
				return err
			}
		}
		b.WriteString("\n" + indent + "}")
	}
	return nil
}

func separator(open string, i int) string {
	if i == 0 {
		return open + "\n"
	}
	return ",\n"
}

func (v value) encodeText(b *bytes.Buffer, s string) error {
	if !utf8.ValidString(s) {
		return errSurrogate
	}
	quoteJSON(b, s)
	return nil
}

// quoteJSON writes a text as json.dumps(ensure_ascii=False) does.
func quoteJSON(b *bytes.Buffer, s string) {
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.Write([]byte{'\\', c})
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\f':
			b.WriteString(`\f`)
		case c == '\b':
			b.WriteString(`\b`)
		case c < ' ':
			fmt.Fprintf(b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
}
