package page

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/report/reporttest"
)

var tags = regexp.MustCompile(`<[^>]*>`)

// checkContained fails the test if s appears outside the places for it.
func checkContained(t *testing.T, s string) {
	t.Helper()
	r := reporttest.Hostile(s)
	for i := range r.Verdict.Rules {
		r.Verdict.Rules[i].Why = s
	}
	page, wanted := render(t, r), render(t, reporttest.Hostile("!"))
	if diff := cmp.Diff(tags.FindAllString(string(wanted), -1), tags.FindAllString(string(page), -1)); diff != "" {
		t.Errorf("the page's tags depend on %q:\n%s", s, diff)
	}
	reporttest.CheckVisible(t, string(page))
}

func TestUntrustedTextStaysInItsPlace(t *testing.T) {
	t.Parallel()
	for _, s := range reporttest.Attacks() {
		checkContained(t, s)
	}
}

func FuzzUntrustedText(f *testing.F) {
	for _, s := range reporttest.Attacks() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s != "" {
			checkContained(t, s)
		}
	})
}
