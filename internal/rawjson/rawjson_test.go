package rawjson

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Values are cut out of the text as they are written, each with its place.
func TestSplit(t *testing.T) {
	t.Parallel()
	const base = 7
	said := func(values []Value, err error) string {
		var b strings.Builder
		for _, v := range values {
			fmt.Fprintf(&b, "%s@%d %s %v; ", v.Name, v.Offset, v.Raw, v.Blank())
		}
		if err != nil {
			b.WriteString(err.Error())
		}
		return b.String()
	}
	for data, want := range map[string]string{
		`[]`:                               "",
		` [1, "a" ,{"b": []}] `:            `@9 1 false; @12 "a" false; @17 {"b": []} false; `,
		`[null, " \n"]`:                    `@8 null true; @14 " \n" true; `,
		`[1, 2, 3, 4]`:                     `@8 1 false; @11 2 false; @14 3 false; too many elements`,
		`[1] [`:                            "@8 1 false; jsontext: there is more text after the end after offset 4",
		`[1`:                               "jsontext: unexpected EOF after offset 2",
		`{"a": 1, "a": {"b": "é\u00e9"} }`: `a@13 1 false; a@21 {"b": "é\u00e9"} false; `,
		`{"a": 1} 2`:                       "jsontext: there is more text after the end after offset 9",
	} {
		split := func(data []byte) ([]Value, error) { return List(data, base, 3) }
		if data[0] == '{' {
			split = func(data []byte) ([]Value, error) { return Object(data, base, Lenient) }
		}
		if got := said(split([]byte(data))); got != want {
			t.Errorf("%s: %s, want %s", data, got, want)
		}
	}
	if _, err := List([]byte("[1, 2]"), 0, 1); !errors.Is(err, ErrTooMany) {
		t.Error(err)
	}
	if text := (Value{Raw: []byte(`" a\u0020\ud83d "`)}).Text(); text != "a \ufffd" {
		t.Errorf("%q", text)
	}
}
