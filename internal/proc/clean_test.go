package proc

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tunegate/tunegate/internal/actions/actionstest"
)

// attacks are those of the runner's parsers, and those of a line that is cut.
var attacks = append(actionstest.Attacks(),
	strings.Repeat("x", maxLogLine-2)+"##[error]x", strings.Repeat("x", maxLogLine)+"\n::error::x")

// cleaned writes text in pieces of size bytes.
func cleaned(t *testing.T, text, prefix string, size int) string {
	t.Helper()
	var out bytes.Buffer
	c := NewCleaner(&out, prefix)
	for len(text) > 0 {
		n := min(size, len(text))
		if _, err := c.Write([]byte(text[:n])); err != nil {
			t.Fatal(err)
		}
		text = text[n:]
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestOracleKnowsTheAttacks(t *testing.T) {
	t.Parallel()
	fired := 0
	for _, line := range attacks {
		fired += len(actionstest.Commands(line))
	}
	// Those up to "abc" and the last two; the others are inert and must stay so.
	if want := 29; fired != want {
		t.Errorf("%d of %d lines fire, want %d", fired, len(attacks), want)
	}
}

func FuzzCleaner(f *testing.F) {
	for _, line := range attacks {
		f.Add([]byte(line), 3)
	}
	f.Add([]byte("a\r\nb\r\rc\n\rd\te\u2028f"), 1)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		text := string(data)
		got := cleaned(t, text, Fence, len(text)+1)
		if fired := actionstest.Commands(got); fired != nil {
			t.Errorf("%q became %q, which runs %q", text, got, fired)
		}
		if pieces := cleaned(t, text, Fence, max(size, 1)); pieces != got {
			t.Errorf("%q in pieces of %d became %q, whole %q", text, size, pieces, got)
		}
		plain := cleaned(t, text, "", len(text)+1)
		if strings.Contains(plain, "##[") || !utf8.ValidString(plain) {
			t.Errorf("%q became %q", text, plain)
		}
		for line := range strings.Lines(plain) {
			text, complete := strings.CutSuffix(line, "\n")
			if !complete || strings.ContainsFunc(text, func(r rune) bool { return r != '\t' && unicode.IsControl(r) }) {
				t.Errorf("line %q of %q", line, text)
			}
		}
		if len(plain) <= maxLogLine && cleaned(t, plain, "", maxLogLine) != plain {
			t.Errorf("cleaning %q twice changes it", plain)
		}
	})
}

func TestCleaner(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"a", "a\n"},
		{"a\n\nb\n", "a\n\nb\n"},
		{"a\rb\r\nc\n\rd", "a\nb\nc\n\nd\n"},
		{"a\tb\x00\x1b[1mc\u009b\x7f", "a\tb[1mc\n"},
		{"\xff\xfeé", "\ufffd\ufffdé\n"},
		{"##[##[", "##\\[##\\[\n"},
		{strings.Repeat("x", maxLogLine) + "yz\nn", strings.Repeat("x", maxLogLine) + " [2 bytes cut]\nn\n"},
	} {
		if got := cleaned(t, tt.text, "", 2); got != tt.want {
			t.Errorf("%q became %q, want %q", tt.text, got, tt.want)
		}
	}
	if got := cleaned(t, "a\nb", Fence, 9); got != "| a\n| b\n" {
		t.Errorf("fenced: %q", got)
	}
	if n, err := NewCleaner(brokenLog{}, "").Write([]byte("ab\ncd")); n != 2 || err == nil {
		t.Errorf("a broken log: %d, %v", n, err)
	}
	if err := NewCleaner(brokenLog{}, "").Close(); err != nil {
		t.Errorf("nothing to write: %v", errors.Unwrap(err))
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	tail := NewTail(2)
	if got := tail.String(); got != "" {
		t.Errorf("empty: %q", got)
	}
	for _, text := range []string{"a\nb", "\r\n##[error]c\nunfinished"} {
		if n, err := tail.Write([]byte(text)); n != len(text) || err != nil {
			t.Error(n, err)
		}
	}
	if got, want := tail.String(), "b\n##\\[error]c"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for n, want := range map[int]string{0: "", 1: "##\\[error]c", 9: "b\n##\\[error]c"} {
		if got := tail.Last(n); got != want {
			t.Errorf("the last %d: %q, want %q", n, got, want)
		}
	}
	if got, want := tail.Fenced(), "| b\n| ##\\[error]c"; got != want {
		t.Errorf("fenced: %q, want %q", got, want)
	}
}
