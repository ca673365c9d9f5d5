package promote

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
)

// edit changes the record of a run.
func (l *lab) edit(id string, change func(r *runs.Record)) {
	l.Helper()
	_, record, err := runs.Find(l.machine.Home, id, "")
	l.must(err)
	change(&record)
	l.must(record.Save(runs.Folder(l.machine.Home, id)))
}

// policy makes that of a run's report one that does this on an inconclusive verdict.
func (l *lab) policy(id, onInconclusive string) {
	l.Helper()
	l.must(store.WriteJSON(filepath.Join(runs.Folder(l.machine.Home, id), "report", "report.json"), report.Report{
		Version: report.Version, Policy: gate.Policy{Merge: gate.Merge{OnInconclusive: onInconclusive}},
	}))
}

func failed() gate.Verdict {
	return gate.Verdict{Schema: 1, Outcome: gate.Fail, Rules: []gate.Rule{{Rule: gate.NoHarm, Suite: "symbolic", Outcome: gate.Fail, Why: "26 of 52 cases regressed"}}}
}

// TestBlockedIsNotPromoted: what a policy blocks cannot be promoted, also where an
// older tunegate wrote that it can; nor can a run that did not end as it should.
func TestBlockedIsNotPromoted(t *testing.T) {
	t.Parallel()
	undecided := gate.Verdict{Schema: 1, Outcome: gate.Inconclusive, Promotable: true}
	for name, test := range map[string]struct {
		verdict  gate.Verdict
		policy   string
		change   func(r *runs.Record)
		approved bool
	}{
		"passed":                     {passed(), gate.Block, nil, true},
		"inconclusive, let through":  {undecided, gate.LetPass, nil, true},
		"inconclusive, blocked":      {undecided, gate.Block, nil, false},
		"inconclusive, nobody knows": {undecided, "", func(*runs.Record) {}, false},
		"failed":                     {gate.Verdict{Schema: 1, Outcome: gate.Fail, Promotable: true}, gate.LetPass, nil, false},
		"unchanged":                  {gate.Verdict{Schema: 1, Outcome: gate.Same, Promotable: true}, gate.LetPass, nil, false},
		"cancelled":                  {passed(), gate.LetPass, func(r *runs.Record) { r.State = step.Cancelled }, false},
		"broke":                      {passed(), gate.LetPass, func(r *runs.Record) { r.State = step.Failed }, false},
		"killed":                     {passed(), gate.LetPass, func(r *runs.Record) { r.State, r.Outcome = step.Running, "" }, false},
		"ungated":                    {passed(), gate.LetPass, func(r *runs.Record) { r.Ended, r.Outcome = string(report.Ungated), "" }, false},
		"another's verdict":          {passed(), gate.LetPass, func(r *runs.Record) { r.Outcome = "fail" }, false},
		"data that blocks":           {gate.Verdict{Schema: 1, Outcome: gate.Fail, ModelID: "none", Promotable: true, Rules: []gate.Rule{{Rule: gate.DataErrors, Outcome: gate.Fail}}}, gate.LetPass, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.run("one", 1, "", test.verdict)
			l.policy("one", test.policy)
			if name == "inconclusive, nobody knows" {
				l.must(store.WriteFile(filepath.Join(runs.Folder(l.machine.Home, "one"), "report", "report.json"), []byte("{")))
			}
			if test.change != nil {
				l.edit("one", test.change)
			}
			_, record, err := runs.Find(l.machine.Home, "one", "")
			l.must(err)
			if _, err := approved(l.machine.Home, record); (err == nil) != test.approved {
				t.Errorf("approved: %v", err)
			}
			listing, err := List(l.machine, "", "")
			if err != nil || listing.Candidates[0].Promotable != test.approved && record.Outcome != "" {
				t.Errorf("listed as %+v, %v", listing.Candidates, err)
			}
		})
	}
}

// TestLatest: without a run's name the newest model that can be promoted is taken, or
// it is said why none is.
func TestLatest(t *testing.T) {
	t.Parallel()
	nothing := gate.Unchanged("", gate.Policy{})
	data := func(r *runs.Record) { r.Outcome, r.Candidate, r.Ended = "", "", string(report.Ready) }
	for name, test := range map[string]struct {
		make  func(l *lab)
		takes string
		kind  error
		says  string // in the notes, or in the refusal
	}{
		"nothing": {func(*lab) {}, "", ErrUsage, "no run of this repository has made a model yet"},
		"only its data was looked at": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.edit("1", data)
			l.run("2", 2, "", failed())
			l.edit("2", func(r *runs.Record) { r.Candidate = "" })
		}, "", ErrUsage, "no run of this repository has made a model yet (hint: run `tunegate run`"},
		"its data was looked at last": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.edit("1", func(r *runs.Record) { r.State, r.Outcome = step.Failed, "" })
			l.run("2", 2, "", passed())
			l.edit("2", data)
		}, "", ErrUsage, `the latest, 1, is "change-1" into "main", failed`},
		"errors in the data of another change": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.run("2", 2, "", failed())
			l.edit("2", func(r *runs.Record) { r.Candidate = "" })
		}, "1", nil, ""},
		"only unchanged":  {func(l *lab) { l.run("1", 1, "", nothing) }, "", ErrUsage, `the latest, 1, is "change-1" into "main", unchanged`},
		"one that failed": {func(l *lab) { l.run("1", 1, "", failed()) }, "", ErrVerdict, "run 1 cannot be promoted, because its verdict is fail: merge.no_harm symbolic: 26 of 52"},
		"what made no model is passed over": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.run("2", 2, "", nothing)
			l.run("3", 3, "", passed())
			l.edit("3", data)
			l.run("4", 4, "", passed())
			l.edit("4", func(r *runs.Record) { r.State, r.Outcome = step.Failed, "" })
		}, "1", nil, ""},
		"another change's failure is told": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.run("2", 2, "", failed())
		}, "1", nil, `run 2 is newer, but cannot be promoted ("change-2" into "main", fail)`},
		"the same data failed later": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.run("2", 1, "", failed())
			l.edit("2", func(r *runs.Record) { r.Lineage = "of 1" })
		}, "", ErrVerdict, "is 1, but run 2 judged the same data later, with the verdict fail: merge.no_harm symbolic"},
		"the same data was blocked later": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.run("2", 1, "", gate.Verdict{Schema: 1, Outcome: gate.Fail})
			l.must(gate.Verdict{Schema: 1, Outcome: gate.Fail, Rules: []gate.Rule{{Rule: gate.DataErrors, Outcome: gate.Fail, Why: "contamination 2"}}}.
				Save(filepath.Join(runs.Folder(l.machine.Home, "2"), "gate", "verdict.json")))
			l.edit("2", func(r *runs.Record) { r.Lineage, r.Candidate = "of 1", "" })
		}, "", ErrVerdict, "run 2 judged the same data later, with the verdict fail: data: contamination 2 (hint: see `tunegate show 2`, or run `tunegate promote v1 --run 1` to promote the earlier one anyway)"},
		"main failed later": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.run("2", 1, "", failed())
			l.edit("2", func(r *runs.Record) { r.Retrains, r.Lineage = true, "of 1" })
		}, "", ErrVerdict, "run 2 judged the same data later"},
		"main failed with what was taken back since": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.run("2", 2, "", failed())
			l.edit("2", func(r *runs.Record) { r.Retrains = true })
		}, "1", nil, `run 2 is newer, but cannot be promoted ("main" itself, fail)`},
		"main only gained nothing later": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.run("2", 2, "", gate.Verdict{Schema: 1, Outcome: gate.Pass})
			l.edit("2", func(r *runs.Record) { r.Retrains = true })
		}, "1", nil, "run 2 is newer"},
		"a change that was not merged": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.run("2", 2, "", passed())
			l.edit("2", func(r *runs.Record) { r.Lineage = "unmerged" })
		}, "1", nil, `run 2 is newer, but "main" does not contain its data ("change-2" into "main", pass)`},
		"none that was merged": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.run("2", 2, "", passed())
			l.edit("1", func(r *runs.Record) { r.Lineage = "unmerged" })
			l.edit("2", func(r *runs.Record) { r.Lineage = "unmerged, too" })
			l.run("3", 3, "", failed())
		}, "", ErrUsage, "the latest run that could be promoted is 2 (\"change-2\" into \"main\", pass), but \"main\" does not contain its data, and no promotable run was trained on what it contains now (hint: merge its change, and fetch if that is done elsewhere; or run `tunegate promote v1 --run 2` to promote it anyway)"},
		"others' runs do not count": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.run("2", 2, "", passed())
			l.edit("2", func(r *runs.Record) { r.Repository = "/there" })
			l.run("3", 3, "", passed())
			l.edit("3", func(r *runs.Record) { r.Candidate = "other:run-3" })
		}, "1", nil, ""},
		"a verdict that cannot be read": {func(l *lab) {
			l.run("1", 1, "", passed())
			l.run("2", 2, "", passed())
			l.must(store.WriteFile(filepath.Join(runs.Folder(l.machine.Home, "2"), "gate", "verdict.json"), []byte("{")))
		}, "1", nil, "run 2 is newer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			test.make(l)
			promotions := l.ledger()
			held := func(context.Context) (Held, error) { return Held{"main", "of 1"}, nil }
			chosen, err := Options{Version: "v1", Repository: "/here", Holds: held}.choose(t.Context(), l.machine, promotions, "demo")
			if test.kind != nil {
				if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) {
					t.Errorf("got %s, %v; want %q", chosen.record.ID, err, test.says)
				}
				return
			}
			if err != nil || chosen.record.ID != test.takes || !strings.HasPrefix(strings.Join(chosen.notes, "\n"), test.says) || test.says == "" && chosen.notes != nil {
				t.Errorf("got %s, %q, %v; want %s, %q", chosen.record.ID, chosen.notes, err, test.takes, test.says)
			}
			if said := strings.Join(l.said.lines, "\n"); !strings.Contains(said, "using run "+test.takes+`, the latest that can be promoted: "change-1" into "main", pass`) {
				t.Errorf("said %q", said)
			}
		})
	}
}

// TestPromotedAlready: a later failure does not make what is promoted the next version.
func TestPromotedAlready(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.serve(t.TempDir()).Close() // skips without Ollama
	l.run("1", 1, "", passed())
	l.mustPromote("v1", "")
	if _, err := l.promote("v2", ""); !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), "of run 1, is already v1 (hint:") {
		t.Errorf("got %v", err)
	}
	l.run("2", 2, "", failed())
	if _, err := l.promote("v2", ""); !errors.Is(err, ErrVerdict) || !strings.Contains(err.Error(), "is already v1; run 2 is newer, but cannot be promoted") {
		t.Errorf("got %v", err)
	}
	if again := l.mustPromote("v1", ""); again.Changed || again.Run != "1" {
		t.Errorf("v1 again: %+v", again)
	}
}
