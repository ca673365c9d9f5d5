package comment

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/reporttest"
)

func TestSticky(t *testing.T) {
	t.Parallel()
	for _, about := range []About{
		{HeadSHA: strings.Repeat("0a", 20), RunID: 987654321012, Attempt: 3}, {HeadSHA: strings.Repeat("f", 64), RunID: 1, Attempt: 1}, {HeadSHA: strings.Repeat("1", 40)},
	} {
		body := string(Sticky(reporttest.Tutor(), about))
		if got, ok := ParseMarker(body); !ok || got != about {
			t.Errorf("got %+v, %t, want %+v", got, ok, about)
		}
		_, sticky, _ := strings.Cut(body, "\n")
		if _, plain, _ := strings.Cut(string(Render(reporttest.Tutor())), "\n"); sticky != plain || !strings.HasPrefix(body, Marker) {
			t.Errorf("not the comment after a marker:\n%.200s", body)
		}
		// The API may return line ends as browsers send them.
		if got, ok := ParseMarker(strings.ReplaceAll(body, "\n", "\r\n")); !ok || got != about {
			t.Errorf("with CRLF: got %+v, %t", got, ok)
		}
	}
}

func TestHasVerdict(t *testing.T) {
	t.Parallel()
	about := About{HeadSHA: strings.Repeat("a", 40), RunID: 1, Attempt: 1}
	for name, r := range reporttest.Reports() {
		_, kind := r.Outcome()
		want := r.State == report.Judged && kind != gate.Same
		if got := HasVerdict(strings.ReplaceAll(string(Sticky(r, about)), "\n", "\r\n")); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if HasVerdict("text\n### tunegate: pass - x") {
		t.Error("a verdict in a comment that is not ours")
	}
}

func TestForeignMarkers(t *testing.T) {
	t.Parallel()
	sha := strings.Repeat("a", 40)
	for _, body := range []string{
		"", "text", "<!-- tunegate -->\n", "<!-- tunegate head=" + sha + " run=1 attempt=1 -->", " <!-- tunegate head=" + sha + " run=1 attempt=1 -->\n",
		"<!-- tunegate head=" + sha[1:] + " run=1 attempt=1 -->\n", "<!-- tunegate head=" + sha + " run=9999999999999999999 attempt=1 -->\n",
		"<!-- tunegate head=" + sha + " run=-1 attempt=1 -->\n", "> <!-- tunegate head=" + sha + " run=1 attempt=1 -->\n",
	} {
		if about, ok := ParseMarker(body); ok {
			t.Errorf("%q is about %+v", body, about)
		}
	}
}
