package text

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestName(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"euclid-math.v2_x": "euclid-math.v2_x", "": "_", "a b|c`d": "a_b_c_d", "é\xff": "__", strings.Repeat("x", 70): strings.Repeat("x", 64),
	} {
		if got := Name(s); got != want {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"a\tb\nc":                     "a\tb\nc",
		"a\rb\r\nc\n\rd":              "a\nb\nc\n\nd",
		"a\u2028b\u2029c\u0085d\v\fe": "a\nb\nc\nd\n\ne",
		"\x1b[1ma\x00\x7f\u009b":      "[1ma",
		"a\u202eb\u2066\u200b\ufeff":  "ab",
		"\u26a0\ufe0f \U000e0041":     "\u26a0 ",
		"\xff\xfe":                    "\ufffd\ufffd",
	} {
		if got := Clean(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{"": "", " \u200b\n": "", "a\r\n b\tc": "a b c", "123456789": "12345...", "12345678": "12345678", "ééééééééé": "ééééé..."} {
		if got := Line(s, 8); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
		if got := Shown(s, 8); got != want && (want != "" || got != Empty) {
			t.Errorf("%q is shown as %q", s, got)
		}
	}
}

func TestBlock(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"":                "(empty)",
		" \n":             "(empty)",
		"a\u202eb\r\ncde": "ab\ncde",
		"ab\ncdefg":       "ab\ncde\n[2 characters more]",
		"1\n2\n3":         "1\n2\n[2 characters more]",
	} {
		if got := Block(s, 2, 6); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestInert(t *testing.T) {
	t.Parallel()
	if got, want := Inert("##[error]##[["), `##\[error]##\[[`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What is written of untrusted text can be seen, is valid, keeps to its bounds,
// and is left as it is by a second pass.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "a\r\nb\rc\u2028d", "\u202ea\u200b\ufeff", "\x1b[31m\x00", "\xff", "#\u200b#[error]x", strings.Repeat("é", 100)} {
		f.Add(s, 5, 9)
	}
	names := regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	f.Fuzz(func(t *testing.T, s string, lines, runes int) {
		lines, runes = 1+max(lines, -lines-1)%100, 3+max(runes, -runes-1)%1000
		clean := Clean(s)
		if !utf8.ValidString(clean) || strings.ContainsFunc(clean, func(r rune) bool { return !Visible(r) }) || Clean(clean) != clean {
			t.Errorf("%q became %q", s, clean)
		}
		line := Line(s, runes)
		if utf8.RuneCountInString(line) > runes || strings.ContainsAny(line, "\n\t") || Line(line, runes) != line {
			t.Errorf("%q in %d runes is the line %q", s, runes, line)
		}
		const more = 40 // runes of the remark on what is left out
		block := Block(s, lines, runes)
		if utf8.RuneCountInString(block) > runes+more || strings.Count(block, "\n") > lines {
			t.Errorf("%q in %d lines and %d runes is the block %q", s, lines, runes, block)
		}
		if inert := Inert(clean); strings.Contains(inert, "##[") {
			t.Errorf("%q became %q", s, inert)
		}
		if name := Name(s); !names.MatchString(name) {
			t.Errorf("%q became the name %q", s, name)
		}
	})
}
