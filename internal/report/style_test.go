package report

import (
	"strings"
	"testing"
)

func TestRef(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"main": "`main`", "origin/main": "`origin/main`", "a`b/@c\n": "`a_b/_c_`", "": "`_`",
		strings.Repeat("x/", 500): "`" + strings.Repeat("x/", 100) + "`",
	} {
		if got := Markdown.ref(given); got != want {
			t.Errorf("%q: %s, want %s", given, got, want)
		}
	}
}
