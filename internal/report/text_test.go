package report

import (
	"strings"
	"testing"
)

func TestProse(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"27 of 60 cases broke, 0 fixed (p < 0.0001); at least 3.0 points": "27 of 60 cases broke, 0 fixed (p &lt; 0.0001); at least 3.0 points",
		"the baseline's tokens: +3.0 %":                                   "the baseline's tokens: +3.0 %",
		"near_duplicate 2":                                                "`near_duplicate 2`",
		"see www.example.org":                                             "`see www.example.org`",
		"see deadbeef1":                                                   "`see deadbeef1`",
		"like GH-12":                                                      "`like GH-12`",
		"a :tick: here":                                                   "`a :tick: here`",
		"@octocat":                                                        "`@octocat`",
		"<b>":                                                             "`<b>`",
		"":                                                                "`(empty)`",
		"two\nlines":                                                      "`two lines`",
	} {
		if got := prose(s); got != want {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	}
}

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
		if got := span(s, 200); got != want {
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
		if got := fence(s, 2, 10); got != want {
			t.Errorf("fence %q: got %s, want %s", s, got, want)
		}
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"euclid-math.v2_x": "euclid-math.v2_x", "": "_", "a b|c`d": "a_b_c_d", "é\xff": "__", strings.Repeat("x", 70): strings.Repeat("x", 64),
	} {
		if got := name(s); got != want {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	}
}

func TestRef(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"main": "`main`", "origin/main": "`origin/main`", "a`b/@c\n": "`a_b/_c_`", "": "`_`",
		strings.Repeat("x/", 500): "`" + strings.Repeat("x/", 100) + "`",
	} {
		if got := markdown.ref(given); got != want {
			t.Errorf("%q: %s, want %s", given, got, want)
		}
	}
}
