package markdown

import (
	"strings"
	"testing"
)

func TestSpanAndFence(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"a":                      "`a`",
		"":                       "`(empty)`",
		" \u200b\n":              "`(empty)`",
		"a`b":                    "``a`b``",
		"`a":                     "`` `a ``",
		"a\r\nb\tc":              "`a b c`",
		strings.Repeat("é", 201): "`" + strings.Repeat("é", 197) + "...`",
	} {
		if got := Span(s, 200); got != want {
			t.Errorf("span %q: got %s, want %s", s, got, want)
		}
	}
	for s, want := range map[string]string{
		"a":            "```text\na\n```\n",
		"\n \n":        "```text\n(empty)\n```\n",
		"a\n````\nb":   "`````text\na\n````\n[2 characters more]\n`````\n",
		"1\r2\r3\r4":   "```text\n1\n2\n[4 characters more]\n```\n",
		"123456789012": "```text\n1234567890\n[2 characters more]\n```\n",
	} {
		if got := Fence(s, 2, 10); got != want {
			t.Errorf("fence %q: got %s, want %s", s, got, want)
		}
	}
}
