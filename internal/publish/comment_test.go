package publish

import (
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/report"
)

func TestWhichCommentReplacesWhich(t *testing.T) {
	t.Parallel()
	const first, second, third = "1111", "2222", "3333"
	for _, test := range []struct {
		name      string
		ours, old report.About
		current   string
		want      bool
	}{
		{"the same job again", report.About{HeadSHA: first, RunID: 7, Attempt: 1}, report.About{HeadSHA: first, RunID: 7, Attempt: 1}, first, true},
		{"a later job of the same run", report.About{HeadSHA: first, RunID: 7, Attempt: 1}, report.About{HeadSHA: first, RunID: 7, Attempt: 1}, second, true},
		{"a later run", report.About{HeadSHA: first, RunID: 9, Attempt: 1}, report.About{HeadSHA: first, RunID: 7, Attempt: 3}, first, true},
		{"an earlier run that was cancelled late", report.About{HeadSHA: first, RunID: 7, Attempt: 1}, report.About{HeadSHA: first, RunID: 9, Attempt: 1}, first, false},
		{"a later attempt", report.About{HeadSHA: first, RunID: 7, Attempt: 2}, report.About{HeadSHA: first, RunID: 7, Attempt: 1}, first, true},
		{"an earlier attempt", report.About{HeadSHA: first, RunID: 7, Attempt: 1}, report.About{HeadSHA: first, RunID: 7, Attempt: 2}, first, false},
		{"the current head over an older one", report.About{HeadSHA: second, RunID: 8, Attempt: 1}, report.About{HeadSHA: first, RunID: 7, Attempt: 1}, second, true},
		{"the current head over a later run of an older one", report.About{HeadSHA: second, RunID: 8, Attempt: 1}, report.About{HeadSHA: first, RunID: 9, Attempt: 1}, second, true},
		{"an older head, run again", report.About{HeadSHA: first, RunID: 9, Attempt: 1}, report.About{HeadSHA: second, RunID: 8, Attempt: 1}, second, false},
		{"pushed again meanwhile: the later run", report.About{HeadSHA: second, RunID: 8, Attempt: 1}, report.About{HeadSHA: first, RunID: 7, Attempt: 1}, third, true},
		{"pushed again meanwhile: the earlier run", report.About{HeadSHA: first, RunID: 7, Attempt: 1}, report.About{HeadSHA: second, RunID: 8, Attempt: 1}, third, false},
	} {
		if got := replaces(test.ours, test.old, test.current); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestWhatIsNotWorthAComment(t *testing.T) {
	t.Parallel()
	const first, second = "1111", "2222"
	lost, judged := report.Report{State: report.Lost}, report.Report{Verdict: gate.Verdict{Outcome: gate.Fail}}
	unchanged := report.Report{Verdict: gate.Unchanged("", gate.Policy{})}
	for name, test := range map[string]struct {
		about report.Report
		on    github.Pull
		quiet bool
	}{
		"no result": {lost, github.Pull{HeadSHA: first, Open: true}, false},
		"no result of a commit that was pushed over": {lost, github.Pull{HeadSHA: second, Open: true}, true},
		"a verdict on a commit that was pushed over": {judged, github.Pull{HeadSHA: second, Open: true}, false},
		"unchanged":                    {unchanged, github.Pull{HeadSHA: first, Open: true}, false},
		"merged, and its title edited": {unchanged, github.Pull{HeadSHA: first}, true},
		"judged after the merge":       {judged, github.Pull{HeadSHA: first}, false},
	} {
		if why := quiet(test.about, test.on, first); (why != "") != test.quiet {
			t.Errorf("%s: %q", name, why)
		}
	}
}
