package terminal

import (
	"strings"
	"testing"
	"unicode"

	"github.com/tunegate/tunegate/internal/report/reporttest"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, r := range reporttest.All() {
		reporttest.Golden(t, name+".txt", Summary(r))
	}
}

// checkInert fails the test if s is a command to the terminal or the runner.
func checkInert(t *testing.T, s string) {
	t.Helper()
	r := reporttest.Hostile(s)
	for i := range r.Verdict.Rules {
		r.Verdict.Rules[i].Why = s
	}
	for _, shown := range [][]byte{Summary(r), Flips(r), Findings(r), Case(r, r.Cases[0].Case)} {
		reporttest.CheckVisible(t, string(shown))
		for line := range strings.Lines(string(shown)) {
			if strings.HasPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::") || strings.Contains(line, "##[") {
				t.Errorf("workflow command in %q", line)
			}
		}
	}
}

func TestUntrustedTextIsInert(t *testing.T) {
	t.Parallel()
	for _, s := range reporttest.Attacks() {
		checkInert(t, s)
	}
}

func FuzzUntrustedText(f *testing.F) {
	for _, s := range reporttest.Attacks() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s != "" {
			checkInert(t, s)
		}
	})
}
