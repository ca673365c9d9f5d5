package publish

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/report/comment"
)

func TestWhichCommentReplacesWhich(t *testing.T) {
	t.Parallel()
	const first, second, third = "1111", "2222", "3333"
	for _, test := range []struct {
		name      string
		ours, old comment.About
		current   string
		want      bool
	}{
		{"the same job again", comment.About{HeadSHA: first, RunID: 7, Attempt: 1}, comment.About{HeadSHA: first, RunID: 7, Attempt: 1}, first, true},
		{"a later job of the same run", comment.About{HeadSHA: first, RunID: 7, Attempt: 1}, comment.About{HeadSHA: first, RunID: 7, Attempt: 1}, second, true},
		{"a later run", comment.About{HeadSHA: first, RunID: 9, Attempt: 1}, comment.About{HeadSHA: first, RunID: 7, Attempt: 3}, first, true},
		{"an earlier run that was cancelled late", comment.About{HeadSHA: first, RunID: 7, Attempt: 1}, comment.About{HeadSHA: first, RunID: 9, Attempt: 1}, first, false},
		{"a later attempt", comment.About{HeadSHA: first, RunID: 7, Attempt: 2}, comment.About{HeadSHA: first, RunID: 7, Attempt: 1}, first, true},
		{"an earlier attempt", comment.About{HeadSHA: first, RunID: 7, Attempt: 1}, comment.About{HeadSHA: first, RunID: 7, Attempt: 2}, first, false},
		{"the current head over an older one", comment.About{HeadSHA: second, RunID: 8, Attempt: 1}, comment.About{HeadSHA: first, RunID: 7, Attempt: 1}, second, true},
		{"the current head over a later run of an older one", comment.About{HeadSHA: second, RunID: 8, Attempt: 1}, comment.About{HeadSHA: first, RunID: 9, Attempt: 1}, second, true},
		{"an older head, run again", comment.About{HeadSHA: first, RunID: 9, Attempt: 1}, comment.About{HeadSHA: second, RunID: 8, Attempt: 1}, second, false},
		{"pushed again meanwhile: the later run", comment.About{HeadSHA: second, RunID: 8, Attempt: 1}, comment.About{HeadSHA: first, RunID: 7, Attempt: 1}, third, true},
		{"pushed again meanwhile: the earlier run", comment.About{HeadSHA: first, RunID: 7, Attempt: 1}, comment.About{HeadSHA: second, RunID: 8, Attempt: 1}, third, false},
	} {
		if got := replaces(test.ours, test.old, test.current); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// TestAWrongAuthorIsNamed: one comment is kept, and what the author should be is said.
func TestAWrongAuthorIsNamed(t *testing.T) {
	t.Parallel()
	l := newLab(t, better())
	l.api.SetWriter("my-app[bot]")
	l.leave()
	for range 2 {
		got, err := l.publish()
		if said := strings.Join(got.Notes, "\n"); err != nil || got.Exit != 0 || !strings.Contains(said, "(hint: set the input author, or --author, to my-app[bot])") {
			t.Errorf("%+v, %v", got, err)
		}
		if bodies := l.comments(); len(bodies) != 1 {
			t.Errorf("%d comments", len(bodies))
		}
	}
	if !strings.Contains(l.summary(), "my-app[bot]") {
		t.Error("the summary does not say it")
	}
}
