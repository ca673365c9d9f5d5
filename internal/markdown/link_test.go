package markdown

import "testing"

func TestLinkLine(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://example.org/blob/1a/a%20b.json#L3": "[`a.json:3`](https://example.org/blob/1a/a%20b.json#L3)",
		"":                              "`a.json:3`",
		"https://example.org/a.json":    "`a.json:3`",
		"javascript:alert(1)#L3":        "`a.json:3`",
		"https://example.org/x)[y](#L3": "`a.json:3`",
		"https://example.org/a\n#L3":    "`a.json:3`",
	} {
		if got := LinkLine("a.json:3", url, 80); got != want {
			t.Errorf("%q: %s, want %s", url, got, want)
		}
	}
}

func TestIsPage(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"https://example.org/o/n/actions/runs/7": true, "http://example.org/": true, "": false, "https://example.org": false,
		"https://example.org/a#L3": false, "https://example.org/<b>": false, "ftp://example.org/a": false,
	} {
		if got := IsPage(url); got != want {
			t.Errorf("%q: %t", url, got)
		}
	}
}

func TestHTMLCode(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"a`b": "<code>a`b</code>", "</code><b>": "<code>&lt;/code&gt;&lt;b&gt;</code>", "": "<code>(empty)</code>", "a\nb\u202e": "<code>a b</code>", "1234567890123": "<code>123456789...</code>",
	} {
		if got := HTMLCode(s, 12); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}
