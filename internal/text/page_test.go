package text

import "testing"

func TestPage(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]string{
		"":                              "",
		"plain <b>text</b> of a server": "plain <b>text</b> of a server",
		"\r\n<html>\r\n<head><TITLE>413 Request\nEntity &amp; more</TITLE></head>":                             "413 Request Entity & more",
		"<!doctype html><title> </title><style>p { x }</style><body>Please <b>log in</b><script>go()</script>": "Please log in",
		"<html><!-- <p>no --><p>::error::x &lt;&#27;[31m":                                                      "::error::x <[31m",
		"<": "<",
	} {
		if got := Line(Page(page), 100); got != want {
			t.Errorf("%q: %q, want %q", page, got, want)
		}
	}
}
