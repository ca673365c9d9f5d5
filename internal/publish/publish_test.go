package publish

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/actions"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/github/githubtest"
	"github.com/tunegate/tunegate/internal/promote"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/comment"
	"github.com/tunegate/tunegate/internal/suite"
)

// manyErrors are 70 new errors, 60 of which the run itself could not annotate.
func manyErrors() (findings []dataset.Finding) {
	for line := range 70 {
		findings = append(findings, newError(line+1))
	}
	return findings
}

// brokenName are new errors in a file whose name is two lines.
func brokenName() (findings []dataset.Finding) {
	for _, f := range manyErrors()[:12] {
		f.File = "data/a\n::error::b.json"
		findings = append(findings, f)
	}
	return findings
}

func TestEveryEndOfARun(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		cases    []eval.Case
		findings []dataset.Finding
		change   func(*lab)
		outcome  string
		exit     int
		status   string // and the words that its description has
		words    string
	}{
		{name: "pass", cases: better(), outcome: "pass", status: "success", words: "pass - `skills` got better"},
		{name: "fail", cases: worse(), outcome: "fail", exit: 3, status: "failure", words: "fail - `basics` got worse: 30 of 60"},
		{name: "data", findings: manyErrors(), outcome: "fail", exit: 3, status: "failure", words: "70 new errors"},
		{name: "unchanged", outcome: "unchanged", status: "success", words: "unchanged"},
		{name: "inconclusive, let pass", cases: graded("basics", suite.Guard, 5, 5, 4), outcome: "inconclusive", status: "success", words: "allows inconclusive"},
		{
			name: "inconclusive, and the base blocks it", cases: graded("basics", suite.Guard, 5, 5, 4), outcome: "inconclusive", exit: 4, status: "failure", words: "blocks inconclusive",
			change: func(l *lab) {
				l.api.SetFile("main", config.FileName, []byte(policy+"gate: {merge: {on_inconclusive: block}}\n"))
			},
		},
		{name: "ready", change: func(l *lab) { l.run.report.State, l.announce = report.Ready, true }, outcome: "ready", status: "pending", words: "training on the GPU runner"},
		{name: "ready, and nothing came after it", change: func(l *lab) { l.run.report.State = report.Ready }, exit: 1, status: "error", words: "no result"},
		{name: "stopped", change: func(l *lab) { l.run.report.State = report.Stopped }, exit: 1, status: "error", words: "stopped"},
		{name: "refused before it began", change: func(l *lab) {
			l.run.report.State, l.run.report.Error = report.Broke, "data/a.json conflicts (hint: rebase)"
			l.run.record.Lineage, l.run.report.Origin.Lineage = "", ""
		}, exit: 1, status: "error", words: "error"},
		{name: "a file whose name breaks lines", findings: brokenName(), outcome: "fail", exit: 3, status: "failure", words: "12 new errors"},
		{name: "ungated", change: func(l *lab) {
			l.run.report.State = report.Ungated
			l.event.DefaultBranch = "trunk"
		}, outcome: "ungated", status: "success", words: "no config"},
		{name: "first config with bad data", findings: []dataset.Finding{newError(1)}, change: func(l *lab) { l.event.DefaultBranch = "trunk" }, outcome: "fail", exit: 3, status: "failure", words: "1 new error"},
		{name: "cancelled", change: func(l *lab) { l.run.report.State = report.Cancelled }, exit: 130, status: "error", words: "cancelled"},
		{name: "broke", change: func(l *lab) { l.run.report.State, l.run.report.Error = report.Broke, "no memory left" }, exit: 1, status: "error", words: "error"},
		{name: "killed", change: func(l *lab) { l.run.report.State = report.Running }, exit: 1, status: "error", words: "killed"},
		{name: "lost", change: func(l *lab) { l.dir = "" }, exit: 1, status: "error", words: "no result"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, test.cases, test.findings...)
			if test.change != nil {
				test.change(l)
			}
			if l.dir != "" {
				if l.run.report.State != report.Judged {
					l.run.report.Verdict = gate.Verdict{}
				}
				l.leave()
			}
			got, err := l.publish()
			if err != nil || got.Outcome != test.outcome || got.Exit != test.exit {
				t.Errorf("%+v, %v", got, err)
			}
			status := l.latest()
			if status.State != test.status || !strings.Contains(status.Description, test.words) || status.Context != DefaultStatus {
				t.Errorf("%+v", status)
			}
			bodies := l.comments()
			if len(bodies) != 1 || !strings.Contains(bodies[0], "tunegate: ") || !strings.HasPrefix(bodies[0], comment.Marker+" head="+headSHA+" run=100 attempt=1 -->") {
				t.Fatalf("%.300q", bodies)
			}
			if left := strings.Contains(bodies[0], "the training that follows left no result"); left != strings.HasPrefix(test.name, "ready, and nothing") {
				t.Errorf("%.900s", bodies[0])
			}
			if got.URL == "" || !strings.Contains(l.summary(), "tunegate: ") {
				t.Errorf("%+v\n%.300s", got, l.summary())
			}
		})
	}
}

func TestAFullVerdictTakesEightRequestsAndTwoSeconds(t *testing.T) {
	t.Parallel()
	warnings := manyErrors()
	for i := range warnings {
		warnings[i].Level = "warn"
	}
	l := newLab(t, better(), warnings[:40]...)
	l.leave()
	began := time.Now()
	l.mustPublish()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
	if requests := l.api.Requests(); len(requests) > 8 {
		t.Errorf("%d requests: %v", len(requests), requests)
	}
	checks := l.api.CheckRuns(headSHA)
	sent := func(path string) int {
		return slices.IndexFunc(l.api.Requests(), func(r githubtest.Request) bool { return r.Method == "POST" && strings.Contains(r.Path, path) })
	}
	if sent("/statuses/") > sent("/check-runs") {
		t.Errorf("the status comes last: %v", l.api.Requests())
	}
	if len(checks) != 1 || len(checks[0].Annotations) != 30 || checks[0].Conclusion != "neutral" || checks[0].Status != "completed" || checks[0].Name != "tunegate data" {
		t.Errorf("%+v", checks)
	}
}

// GitHub need not take a path of two lines, and would refuse the others with it.
func TestAFileWhoseNameBreaksLinesIsNotAnnotated(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil, append(manyErrors()[:11], brokenName()...)...)
	l.leave()
	l.mustPublish()
	checks := l.api.CheckRuns(headSHA)
	if len(checks) != 1 || len(checks[0].Annotations) != 1 || !strings.Contains(checks[0].Title, "13 more new findings") {
		t.Errorf("%+v", checks)
	}
	if bodies := l.comments(); len(bodies) != 1 || strings.Contains(bodies[0], "\n::error") {
		t.Errorf("%q", bodies)
	}
}

func TestAPushAfterAPushUpdatesTheComment(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil, manyErrors()...)
	l.run.report.Findings = l.run.report.Findings[:30]
	for i := range l.run.report.Findings {
		l.run.report.Findings[i].Level = "warn"
	}
	l.run.report.State, l.run.report.Verdict, l.announce = report.Ready, gate.Verdict{}, true
	l.leave()
	l.mustPublish() // the first job
	l.run.report.State, l.run.cases = report.Judged, worse()
	l.run.report.Verdict = recompute(usual, nil, l.run.cases)
	l.leave()
	l.mustPublish() // the last one
	if bodies := l.comments(); len(bodies) != 1 || !strings.Contains(bodies[0], "tunegate: fail") {
		t.Fatalf("%.300q", bodies)
	}
	if checks := l.api.CheckRuns(headSHA); len(checks) != 1 || len(checks[0].Annotations) != 20 {
		t.Errorf("%d check runs", len(checks))
	}

	before := headSHA
	pushed := strings.Repeat("c", 40)
	l.api.SetHead(7, pushed)
	l.event.RunID, l.event.Change.HeadSHA, l.run.record.HeadSHA, l.run.report.Head.SHA = 200, pushed, pushed, pushed
	l.run.cases = better()
	l.run.report.Verdict = recompute(usual, nil, l.run.cases)
	l.leave()
	l.mustPublish()
	if bodies := l.comments(); len(bodies) != 1 || !strings.Contains(bodies[0], "tunegate: pass") {
		t.Fatalf("%.300q", bodies)
	}

	// The run of the first push ends late: its branch has moved on.
	l.event.RunID, l.event.Change.HeadSHA, l.run.record.HeadSHA, l.run.report.Head.SHA = 100, before, before, before
	l.event.Change.Number = 7
	l.run.report.State, l.run.report.Verdict = report.Cancelled, gate.Verdict{}
	l.leave()
	if got, err := l.publish(); err != nil || got.Exit != 130 || !strings.Contains(strings.Join(got.Notes, " "), "newer commit") {
		t.Errorf("%+v, %v", got, err)
	}
	if bodies := l.comments(); len(bodies) != 1 || !strings.Contains(bodies[0], "tunegate: pass") {
		t.Fatalf("%.300q", bodies)
	}
}

// The first job may fail to make the check run; then the last one makes it.
func TestTheCheckRunIsMadeByWhicheverJobCan(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil, manyErrors()[:30]...)
	for i := range l.run.report.Findings {
		l.run.report.Findings[i].Level = "warn"
	}
	l.run.report.State, l.run.report.Verdict, l.announce = report.Ready, gate.Verdict{}, true
	l.leave()
	l.api.Fail(githubtest.Fault{Method: "POST", Path: "/check-runs", Kind: githubtest.BadGateway, Times: 5})
	if _, err := l.publish(); err == nil || len(l.api.CheckRuns(headSHA)) != 0 || len(l.comments()) != 1 {
		t.Fatalf("%v", err)
	}
	l.run.report.State, l.run.cases = report.Judged, worse()
	l.run.report.Verdict = recompute(usual, nil, l.run.cases)
	l.leave()
	for range 2 {
		l.mustPublish()
		if checks := l.api.CheckRuns(headSHA); len(checks) != 1 || len(checks[0].Annotations) != 20 {
			t.Errorf("%d check runs", len(checks))
		}
	}
}

func TestACancelledRunLeavesTheStatusOfItsSuccessor(t *testing.T) {
	t.Parallel()
	l := newLab(t, better())
	l.event.RunID = 200
	l.leave()
	l.mustPublish()
	l.event.RunID = 100
	l.run.report.State, l.run.report.Verdict = report.Cancelled, gate.Verdict{}
	l.leave()
	if got, err := l.publish(); err != nil || got.Exit != 130 {
		t.Errorf("%+v, %v", got, err)
	}
	if status := l.latest(); status.State != "success" {
		t.Errorf("%+v", status)
	}
}

// A verdict stands on its own: what a comment says of later runs takes no status
// away from it.
func TestAVerdictSetsTheStatusWhateverTheCommentsSay(t *testing.T) {
	t.Parallel()
	for name, cases := range map[string][]eval.Case{"success": better(), "failure": worse()} {
		l := newLab(t, cases)
		later := string(comment.Sticky(report.Report{State: report.Lost}, comment.About{HeadSHA: headSHA, RunID: 1 << 40, Attempt: 1}))
		l.api.AddComment(7, githubtest.Bot, later)
		l.leave()
		l.mustPublish()
		if status := l.latest(); status.State != name || len(l.comments()) != 1 {
			t.Errorf("%+v, %d comments", status, len(l.comments()))
		}
	}
	l := newLab(t, better())
	l.api.AddComment(7, "other[bot]", string(comment.Sticky(report.Report{State: report.Lost}, comment.About{HeadSHA: headSHA, RunID: 1 << 40, Attempt: 1})))
	l.leave()
	l.mustPublish()
	if bodies := l.comments(); len(bodies) != 2 || !strings.Contains(bodies[1], "tunegate: pass") {
		t.Errorf("%.300q", bodies)
	}
}

func TestAPullRequestThatIsNotTheEvents(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*actions.Change){
		"another's": func(c *actions.Change) { c.HeadOwner = "stranger" },
		"a branch":  func(c *actions.Change) { c.HeadBranch = "other" },
	} {
		l := newLab(t, better())
		l.event.Change.Number = 7
		change(l.event.Change)
		l.leave()
		if got, err := l.publish(); err == nil || !strings.Contains(err.Error(), "pull request #7 has the head") || got.Exit != 1 || len(l.comments()) != 0 {
			t.Errorf("%s: %+v, %v, %d comments", name, got, err, len(l.comments()))
		}
	}
}

func TestAnEventWithoutACommitOfItsOwnPublishesNothing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pull_request_review", "issue_comment", "discussion"} {
		l := newLab(t, better())
		l.event.Name, l.event.Change, l.event.SHA = name, nil, headSHA
		l.leave()
		l.write(promote.FileName, promoted())
		if got, err := l.publish(); err == nil || !strings.Contains(err.Error(), name+" event") || got.Exit != 1 || len(l.api.Requests()) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

func TestAQueueEntryIsJudgedAgainstTheOneBeforeIt(t *testing.T) {
	t.Parallel()
	l := newLab(t, better())
	l.event.Name, l.event.Change.BaseRef, l.event.Change.BaseSHA = "merge_group", "main", baseSHA
	l.api.SetFile(baseSHA, config.FileName, []byte(policy))
	l.leave()
	l.mustPublish()
	l.run.record.BaseSHA, l.run.report.Base.SHA = headSHA, headSHA
	l.leave()
	if got, err := l.publish(); err == nil || !strings.Contains(err.Error(), "judged against commit aaaaaaaaaaaa") || got.Exit != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestATokenThatMayNotWrite(t *testing.T) {
	t.Parallel()
	l := newLab(t, worse(), manyErrors()...)
	l.event.Name, l.event.Change.Number, l.event.Change.BaseRef, l.event.Change.Fork = "pull_request", 7, "main", true
	l.api.Fail(githubtest.Fault{Method: "POST", Kind: githubtest.Forbidden, Times: -1})
	l.leave()
	got, err := l.publish()
	if err != nil || got.Exit != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	posts := 0
	for _, request := range l.api.Requests() {
		if request.Method == "POST" {
			posts++
		}
	}
	if posts != 2 { // the comment and the check run, once each
		t.Errorf("%v", l.api.Requests())
	}
	said := l.summary()
	if strings.Count(said, "tunegate: fail - ") != 1 || strings.Count(said, "the comment could not be written") != 1 || strings.Count(said, "pull-requests: write") != 1 {
		t.Errorf("%.300s", said)
	}

	l = newLab(t, better())
	l.api.Fail(githubtest.Fault{Method: "POST", Path: "/statuses/", Kind: githubtest.Forbidden, Times: -1})
	l.leave()
	if got, err := l.publish(); err == nil || got.Exit != 1 {
		t.Errorf("without the status that it is asked for: %+v, %v", got, err)
	}
}

func BenchmarkFullVerdict(b *testing.B) {
	l := newLab(b, better())
	l.leave()
	for b.Loop() {
		if _, err := l.publish(); err != nil {
			b.Fatal(err)
		}
		if err := os.Remove(l.env["GITHUB_STEP_SUMMARY"]); err != nil {
			b.Fatal(err)
		}
	}
}
