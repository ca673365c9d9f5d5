package pipeline

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
)

// TestEveryEndLeavesWord: however a run ends, the copy in the workspace tells it,
// which is all that the job which reports has.
func TestEveryEndLeavesWord(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  map[string]string // of the branch
		before  func(o outlook)
		options Options
		state   report.State
		outcome gate.Outcome
		record  State
		says    string // part of the report's error
	}{
		"data that is fine": {
			change:  map[string]string{"data/c.json": `[{"question": "5 + 5?", "answer": "10"}]`},
			options: Options{Until: Dataset}, state: report.Ready, record: Done,
		},
		"data with an error": {
			change: map[string]string{"data/c.json": `[{"question": "5 + 5?"}]`}, outcome: gate.Fail, record: Done,
		},
		"no data": {change: map[string]string{"README.md": "x"}, options: Options{Until: Dataset}, outcome: gate.Same, record: Done},
		"the first config": {
			change: map[string]string{"tunegate.yaml": baseConfig},
			before: func(o outlook) {
				o.git("checkout", "-q", "main")
				o.git("rm", "-q", "tunegate.yaml")
				o.commit("no config yet")
			},
			state: report.Ungated, record: Done,
		},
		"a base that is none": {
			change: map[string]string{"data/c.json": `[{"question": "5 + 5?", "answer": "10"}]`},
			state:  report.Broke, record: Failed, says: "choose another base",
		},
		"a config that can not be read": {
			change: map[string]string{"tunegate.yaml": baseConfig + "app: {start: rm -rf /}\n"},
			state:  report.Broke, record: Failed, says: "the head's tunegate.yaml:7",
		},
		"a conflict": {
			change: map[string]string{"data/a.json": `[{"question": "1 + 1?", "answer": "3"}]`},
			before: func(o outlook) {
				o.git("checkout", "-q", "main")
				o.write("data/a.json", `[{"question": "1 + 1?", "answer": "two"}]`)
				o.commit("main goes on")
			},
			state: report.Broke, record: Failed, says: "rebase",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOutlook(t)
			if test.before != nil && test.state == report.Ungated {
				test.before(o)
			}
			o.change("pr", test.change)
			if test.before != nil && test.state != report.Ungated {
				test.before(o)
			}
			options := test.options
			options.ConfigPath, options.Event = "tunegate.yaml", "pull_request"
			options.Refs = Refs{Base: "main", Head: "pr", BaseName: "trunk", HeadName: "stranger:pr"}
			_, err := Run(t.Context(), o.machine, o.repo, options)
			if (err != nil) != (test.record == Failed) {
				t.Fatal(err)
			}
			dir := filepath.Join(o.repo.Root(), CopyFolder)
			var record Record
			data, err := os.ReadFile(filepath.Join(dir, recordName))
			if err == nil {
				err = json.Unmarshal(data, &record)
			}
			if err != nil || record.State != test.record || record.Ended != string(test.state) && test.record == Done || record.Outcome != string(test.outcome) || record.HeadSHA == "" {
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
