package pipeline

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/plan/plantest"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
)

// TestEveryEndLeavesItsStatus: however a run ends, the copy in the workspace tells it,
// which is all that the job which reports has.
func TestEveryEndLeavesItsStatus(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  map[string]string // of the branch
		before  func(o judged)
		options Options
		state   report.State
		outcome gate.Outcome
		record  step.State
		says    string // part of the report's error
	}{
		"data that is fine": {
			change:  map[string]string{"data/c.json": `[{"question": "5 + 5?", "answer": "10"}]`},
			options: Options{Until: step.Dataset}, state: report.Ready, record: step.Done,
		},
		"data with an error": {
			change: map[string]string{"data/c.json": `[{"question": "5 + 5?"}]`}, outcome: gate.Fail, record: step.Done,
		},
		"no data": {change: map[string]string{"README.md": "x"}, options: Options{Until: step.Dataset}, outcome: gate.Same, record: step.Done},
		"the first config": {
			change: map[string]string{"tunegate.yaml": plantest.Config},
			before: func(o judged) {
				o.Git("checkout", "-q", "main")
				o.Git("rm", "-q", "tunegate.yaml")
				o.Commit("no config yet")
			},
			state: report.Ungated, record: step.Done,
		},
		"a base that is none": {
			change: map[string]string{"data/c.json": `[{"question": "5 + 5?", "answer": "10"}]`},
			before: func(o judged) {
				o.Git("checkout", "-q", "main")
				o.Write("base/config.json", "{}")
				o.Commit("no base")
			},
			state: report.Broke, record: step.Failed, says: "choose another base",
		},
		"a config that cannot be read": {
			change: map[string]string{"tunegate.yaml": plantest.Config + "app: {start: rm -rf /}\n"},
			state:  report.Broke, record: step.Failed, says: "the head's tunegate.yaml:7",
		},
		"a conflict": {
			change: map[string]string{"data/a.json": `[{"question": "1 + 1?", "answer": "3"}]`},
			before: func(o judged) {
				o.Git("checkout", "-q", "main")
				o.Write("data/a.json", `[{"question": "1 + 1?", "answer": "two"}]`)
				o.Commit("main goes on")
			},
			state: report.Broke, record: step.Failed, says: "rebase",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newJudged(t)
			if test.before != nil && test.state == report.Ungated {
				test.before(o)
			}
			o.Change("pr", test.change)
			if test.before != nil && test.state != report.Ungated {
				test.before(o)
			}
			options := test.options
			options.ConfigPath, options.Event = "tunegate.yaml", "pull_request"
			options.Refs = plan.Refs{Base: "main", Head: "pr", BaseName: "trunk", HeadName: "stranger:pr"}
			_, err := Run(t.Context(), o.machine, o.repo, options)
			if (err != nil) != (test.record == step.Failed) {
				t.Fatal(err)
			}
			dir := filepath.Join(o.repo.Root(), runs.CopyFolder)
			var record runs.Record
			data, err := os.ReadFile(filepath.Join(dir, runs.RecordFile))
			if err == nil {
				err = json.Unmarshal(data, &record)
			}
			if err != nil || record.State != test.record || record.Ended != string(test.state) && test.record == step.Done || record.Outcome != string(test.outcome) || record.HeadSHA == "" {
				t.Errorf("%v, record %+v", err, record)
			}
			about, err := LoadReport(dir)
			if err != nil || about.State != test.state || about.Verdict.Outcome != test.outcome || !strings.Contains(about.Error, test.says) {
				t.Errorf("%v, state %q, outcome %q, error %q", err, about.State, about.Verdict.Outcome, about.Error)
			}
			if about.Base.Ref != "trunk" || about.Head.Ref != "stranger:pr" || about.Head.SHA != record.HeadSHA {
				t.Errorf("about %+v into %+v", about.Head, about.Base)
			}
		})
	}
}
