package publish

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/comment"
	"github.com/tunegate/tunegate/internal/suite"
)

func TestWhatARunClaimsIsNotTaken(t *testing.T) {
	t.Parallel()
	finding := func(change func(*dataset.Finding)) func(*lab) {
		return func(l *lab) {
			f := newError(1)
			change(&f)
			l.run.report.Findings = []dataset.Finding{f}
		}
	}
	for want, change := range map[string]func(*lab){
		"the run claims pass, not promotable, but its graded cases give fail": func(l *lab) { l.run.report.Verdict.Outcome = gate.Pass },
		"the run claims unchanged": func(l *lab) { l.run.report.Verdict = gate.Unchanged("", usual) },
		"judged the models":        func(l *lab) { l.run.report.Verdict.ModelID = strings.Repeat("d", 64) },
		"are from different runs":  func(l *lab) { l.run.report.Origin.Run = "20261122-192907.437-00000000" },
		"download the artifact of this workflow run": func(l *lab) {
			l.run.record.HeadSHA, l.run.report.Head.SHA = baseSHA, baseSHA
		},
		"but it has one (hint":                    func(l *lab) { l.run.report.State = report.Ungated },
		"claims that the data is fine, but lists": func(l *lab) { l.run.report.State, l.run.report.Findings = report.Ready, []dataset.Finding{newError(1)} },
		"not a run state":                         func(l *lab) { l.run.report.State = "passed" },
		"lost\" is not a run state":               func(l *lab) { l.run.report.State = report.Lost },
		"not a lineage":                           func(l *lab) { l.run.record.Lineage = "../../x" },
		"\"\" is not a lineage":                   func(l *lab) { l.run.record.Lineage, l.run.report.Origin.Lineage = "", "" },
		"report.json are from different runs":     func(l *lab) { l.run.report.Origin.Lineage = strings.Repeat("d", 64) },
		"not the digest of a model":               func(l *lab) { l.run.report.Export = &report.Export{GGUFSHA256: "latest"} },
		"not the digest of an adapter":            func(l *lab) { l.run.report.Training = &report.Training{AdapterSHA256: "x"} },
		"not a digest of \"policy\"":              func(l *lab) { l.run.report.Origin.Materials = []report.Material{{Name: "policy", Digest: "x"}} },
		"note 2 has 0 bytes":                      func(l *lab) { l.run.report.Notes = []string{"a note", ""} },
		"note 1 has 8193 bytes":                   func(l *lab) { l.run.report.Notes = []string{strings.Repeat("x", maxNoteBytes+1)} },
		"too many notes: 101":                     func(l *lab) { l.run.report.Notes = slices.Repeat([]string{"x"}, maxNotes+1) },
		"not a run ID":                            func(l *lab) { l.run.record.ID, l.run.report.Origin.Run = "x", "x" },
		"not a candidate's tag":                   func(l *lab) { l.run.report.CandidateTag = "tutor:x\noutcome=pass" },
		"are not commit IDs":                      func(l *lab) { l.run.record.BaseSHA, l.run.report.Base.SHA = "main", "main" },
		"has schema 2":                            func(l *lab) { l.run.record.Schema = 2 },
		"not the model_id of":                     func(l *lab) { l.rename("@octocat") },
		"not a path inside the repository":        finding(func(f *dataset.Finding) { f.File = "../secrets" }),
		"is not a check":                          finding(func(f *dataset.Finding) { f.Check = "x) [y](z" }),
		"is not a level":                          finding(func(f *dataset.Finding) { f.Level = "none" }),
		"is not a position":                       finding(func(f *dataset.Finding) { f.Line = 0 }),
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, worse())
			change(l)
			l.leave()
			l.refused(want)
		})
	}
}

func TestFilesThatAreNotARuns(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(outside, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	replace := func(l *lab, target string) {
		path := filepath.Join(l.dir, filepath.FromSlash(reportFile))
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
	}
	for want, change := range map[string]func(*lab){
		"path escapes from parent":      func(l *lab) { replace(l, outside) },
		"not a regular file of at most": func(l *lab) { replace(l, ".") },
		"at most 1 MiB":                 func(l *lab) { l.write(recordFile, bytes.Repeat([]byte(" "), maxRecord+1)) },
		"name \"surprise\"":             func(l *lab) { l.write(recordFile, []byte(`{"schema": 1, "surprise": 1}`)) },
		"run.json has schema 2":         func(l *lab) { l.write(recordFile, []byte(`{"schema": 2}`)) },
		"after top-level value":         func(l *lab) { l.write(recordFile, append(encode(t, l.run.record), "{}"...)) },
		"unknown field \"verdict\"":     func(l *lab) { l.write(casesFile, []byte("{\"verdict\": \"pass\"}\n")) },
		"cases.jsonl:1:":                func(l *lab) { l.write(casesFile, []byte("{\n")) },
		"made by a newer tunegate":      func(l *lab) { l.write(reportFile, []byte(`{"version": 2}`)) },
		"member name \"surprise\"":      func(l *lab) { l.write(reportFile, []byte(`{"version": 1, "surprise": 1}`)) },
		"run.json":                      func(l *lab) { l.write(recordFile, []byte("[]")) },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, worse())
			l.leave()
			change(l)
			l.refused(want)
		})
	}
}

// refused publishes what must end in an error that the comment tells.
func (l *lab) refused(want string) {
	l.t.Helper()
	got, err := l.publish()
	if err == nil || !strings.Contains(err.Error(), want) || got.Exit != 1 || got.Promotable || got.ModelID != "" {
		l.t.Errorf("%+v, %v", got, err)
	}
	if status := l.latest(); status.State != "error" {
		l.t.Errorf("%+v", status)
	}
	if bodies := l.comments(); len(bodies) != 1 || !strings.Contains(bodies[0], "the result of the run cannot be used") {
		l.t.Errorf("%.300q", bodies)
	}
}

// rename gives the run's models another model_id.
func (l *lab) rename(id string) {
	for i := range l.run.cases {
		l.run.cases[i].ModelID = id
	}
}

func FuzzRead(f *testing.F) {
	l := newLab(f, worse(), newError(3))
	record, whole := encode(f, l.run.record), encodeReport(f, l.run.report)
	f.Add(record, whole, []byte("{}\n"))
	f.Add([]byte("{}"), []byte(`{"version": 1, "state": "ready"}`), []byte(nil))
	f.Fuzz(func(t *testing.T, record, told, cases []byte) {
		dir := t.TempDir()
		l := lab{t: t, dir: dir}
		l.write(recordFile, record)
		l.write(reportFile, told)
		l.write(casesFile, cases)
		a, err := read(dir)
		if err == nil && (a.record.HeadSHA != a.report.Head.SHA || a.report.State == report.Lost) {
			t.Errorf("%+v", a.record)
		}
		recompute(usual, a.report.Findings, a.cases)
	})
}

// FuzzWhatIsRendered renders any report that the checks let through.
func FuzzWhatIsRendered(f *testing.F) {
	l := newLab(f, graded("basics", suite.Guard, 2, 2, 1), newError(3))
	for _, state := range []report.State{report.Judged, report.Ready, report.Broke} {
		told := l.run.report
		told.State, told.Notes, told.Verdict, told.Cases = state, []string{"a note"}, gate.Verdict{}, nil
		f.Add(encodeReport(f, told))
	}
	f.Add([]byte(`{"version": 1, "notes": ["\u202e\u200b"], "state": "broke", "baseline_probe": {}, "training": {}, "export": {}, "forecast": {}, "losses": [{}], "samples": [{}], "stages": [{}]}`))
	f.Fuzz(func(t *testing.T, told []byte) {
		a := artifact{record: l.run.record}
		var err error
		if a.report, err = report.DecodeStrict(told); err != nil {
			return
		}
		r := &a.report
		r.Head.SHA, r.Base.SHA, r.Origin.Run, r.Origin.Lineage = a.record.HeadSHA, a.record.BaseSHA, a.record.ID, a.record.Lineage
		if a.check() != nil {
			return
		}
		r.Policy, r.Verdict, r.Cases = usual, gate.Verdict{}, nil
		if r.State == report.Judged {
			r.Verdict, r.Cases = recompute(usual, r.Findings, l.run.cases), l.run.cases
		}
		comment.Sticky(*r, comment.About{HeadSHA: a.record.HeadSHA})
		if _, err := writeAssets(*r, t.TempDir()); err != nil {
			t.Error(err)
		}
	})
}
