package publish

import (
	"errors"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
)

// ends makes the run one that ended in a state and with a verdict, without a training.
func (l *lab) ends(state report.State, verdict gate.Verdict) {
	l.t.Helper()
	l.run.cases, l.run.report.State, l.run.report.Verdict = nil, state, verdict
	l.leave()
}

// TestNothingToTrainAfterReady: what trains nothing is not believed where a job of the
// same workflow run said that a training comes next, by its output or its comment.
func TestNothingToTrainAfterReady(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		announced bool   // the same workflow run left a comment
		data      string // what the workflow says of its data job
		change    func(l *lab)
		state     string
	}{
		"nothing was due":        {false, "", nil, "success"},
		"the data job said so":   {false, "unchanged", nil, "success"},
		"the output says ready":  {false, "ready", nil, "error"},
		"the comment says ready": {true, "", nil, "error"},
		"both say ready":         {true, "ready", nil, "error"},
		"all jobs ran again":     {true, "unchanged", func(l *lab) { l.event.Attempt = 2 }, "success"},
		"one job ran again":      {true, "ready", func(l *lab) { l.event.Attempt = 2 }, "error"},
		"another workflow run":   {true, "", func(l *lab) { l.event.RunID = 200 }, "success"},
		"comments cannot be read": {true, "", func(l *lab) {
			l.api.SetHead(7, headSHA)
			l.event.Change.HeadBranch = "renamed"
			l.event.Change.Number = 7
		}, "error"},
		"a commit of no pull request":  {false, "", func(l *lab) { l.event.Change.HeadBranch = "other" }, "success"},
		"and that is said of no other": {false, "ready", func(l *lab) { l.event.Change.HeadBranch = "other" }, "error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, nil)
			if test.announced {
				l.announce = true
				l.ends(report.Ready, gate.Verdict{})
				l.mustPublish()
				l.announce = false
			}
			l.ends(report.Judged, gate.Unchanged("", usual))
			if l.data = test.data; test.change != nil {
				test.change(l)
			}
			got, err := l.publish()
			if status := l.latest(); status.State != test.state || (err == nil) != (test.state == "success") || (got.Exit == 0) != (err == nil) {
				t.Errorf("%s, exit %d, %v", status.State, got.Exit, err)
			}
			if !errors.Is(err, errDue) && test.state == "error" && name != "comments cannot be read" {
				t.Errorf("got %v", err)
			}
			if said := l.summary(); test.state == "error" && !strings.Contains(said, "tunegate: error") {
				t.Errorf("%.300q", said)
			}
		})
	}
}

// TestUngatedAfterReady: the same if the config is gone meanwhile.
func TestUngatedAfterReady(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]error{"": nil, "ready": errDue} {
		l := newLab(t, nil)
		l.event.DefaultBranch, l.data = "empty", data
		l.ends(report.Ungated, gate.Verdict{})
		if _, err := l.publish(); !errors.Is(err, want) {
			t.Errorf("%q: %v", data, err)
		}
	}
}
