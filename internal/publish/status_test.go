package publish

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/github/githubtest"
	"github.com/tunegate/tunegate/internal/report"
)

func TestTheStatusComesWhateverFails(t *testing.T) {
	t.Parallel()
	l := newLab(t, better())
	l.api.Fail(githubtest.Fault{Path: "/comments", Kind: githubtest.BadGateway, Times: -1})
	l.leave()
	if got, err := l.publish(); err == nil || got.Exit != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if status := l.latest(); status.State != "success" {
		t.Errorf("%+v", status)
	}

	l = newLab(t, better())
	l.api.Fail(githubtest.Fault{Path: "/contents/", Kind: githubtest.BadGateway, Times: -1})
	l.leave()
	if got, err := l.publish(); err == nil || got.Exit != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if status := l.latest(); status.State != "error" {
		t.Errorf("%+v", status)
	}
	if bodies := l.comments(); len(bodies) != 1 || !strings.Contains(bodies[0], "the policy, tunegate.yaml at main") {
		t.Errorf("%.300q", bodies)
	}
}

// What the comment has waited for is not missing for the gate.
func TestTheStatusHasTimeOfItsOwn(t *testing.T) {
	t.Parallel()
	l := newLab(t, better())
	l.api.Fail(githubtest.Fault{Path: "/comments", Kind: githubtest.Limit429, Times: -1})
	l.api.Fail(githubtest.Fault{Path: "/statuses/", Kind: githubtest.Limit429, Times: 2})
	l.leave()
	if got, err := l.publish(); err == nil || got.Exit != 1 || l.latest().State != "success" {
		t.Errorf("%+v, %v, %+v", got, err, l.latest())
	}
}

// A run without a verdict on a commit that was pushed over has a status and no
// comment.
func TestWhatWasPushedOverHasNoComment(t *testing.T) {
	t.Parallel()
	for _, state := range []report.State{report.Lost, report.Cancelled, report.Broke, report.Running} {
		l := newLab(t, nil)
		l.event.Change.Number = 7
		l.api.SetHead(7, strings.Repeat("c", 40))
		if l.run.report.State, l.run.report.Verdict = state, (gate.Verdict{}); state != report.Lost {
			l.leave()
		}
		if got, err := l.publish(); err != nil || got.Exit == 0 || l.latest().State != "error" || len(l.comments()) != 0 {
			t.Errorf("%s: %+v, %v, %+v, %.200q", state, got, err, l.latest(), l.comments())
		}
	}
}

// After the merge there is nothing left to train. That takes the place of what
// was promised, and not of a verdict.
func TestWhatAMergedPullRequestKeeps(t *testing.T) {
	t.Parallel()
	for judged, want := range map[bool]string{true: "tunegate: pass", false: "tunegate: unchanged"} {
		l := newLab(t, better())
		if l.announce = !judged; l.announce {
			l.run.cases, l.run.report.State, l.run.report.Verdict = nil, report.Ready, gate.Verdict{}
		}
		l.leave()
		l.mustPublish()
		l.api.Close(7)
		l.event.RunID, l.run.cases, l.run.report.State, l.run.report.Verdict = 200, nil, report.Judged, gate.Unchanged("", usual)
		if err := os.RemoveAll(filepath.Join(l.dir, "eval")); err != nil {
			t.Fatal(err)
		}
		l.leave()
		l.mustPublish()
		if bodies := l.comments(); len(bodies) != 1 || !strings.Contains(bodies[0], want) {
			t.Errorf("%.200q, want %s", bodies, want)
		}
	}
}

// A data workflow that ran out of time is named: running this one again would not help.
func TestADataWorkflowThatWasCancelled(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.event.Change.Cancelled = true
	if got, err := l.publish(); err != nil || got.Exit != 1 || l.latest().State != "error" {
		t.Errorf("%+v, %v, %+v", got, err, l.latest())
	}
	if bodies := l.comments(); len(bodies) != 1 || !strings.Contains(bodies[0], "re-run all jobs of that workflow") {
		t.Errorf("%.300q", bodies)
	}
}
