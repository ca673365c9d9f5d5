package clean

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
)

// at is a record that began so many hours ago; the parts are its id, repository,
// lineage and outcome, which may be missing.
func at(now time.Time, hours, pr int, parts string, stages ...step.Stage) runs.Record {
	fields := append(strings.Fields(parts), "")
	record := runs.Record{
		ID: fields[0], Repository: fields[1], Lineage: fields[2], Outcome: fields[3], PR: pr,
		Started: now.Add(-time.Duration(hours) * time.Hour),
	}
	for _, stage := range stages {
		record.Stages = append(record.Stages, runs.StageRun{Stage: stage, Key: "key"})
	}
	return record
}

func TestRemovable(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	records := []runs.Record{
		at(now, 90, 0, "promoted /a L0 pass"),
		at(now, 80, 0, "old /a L1 pass"),
		at(now, 70, 7, "pr7 /a L2 fail"),
		at(now, 69, 7, "pr7-other /b L2 fail"),
		at(now, 60, 0, "first /a L3 pass"),
		at(now, 59, 7, "stopped /a L3"),
		at(now, 50, 0, "again /a L3 inconclusive"),
		at(now, 40, 0, "elsewhere /b L3 pass"),
		at(now, 30, 7, "latest-a /a L4 unchanged"),
		at(now, 20, 0, "latest-b /b L5 pass"),
		at(now, 10, 7, "only-broken /c L6"),
		at(now, 9, 0, "trained /b L5", step.Dataset, step.Train),
		at(now, 8, 0, "stopped-early /b L5", step.Dataset),
		at(now, 7, 0, "stopped-again /b L5", step.Dataset),
	}
	promoted := []ledger.Entry{{Run: "promoted"}}
	always := map[string]string{
		"stopped": "superseded by again", "stopped-early": "superseded by stopped-again", "first": "superseded by again",
	}
	with := func(more map[string]string) map[string]string {
		all := map[string]string{}
		for _, some := range []map[string]string{always, more} {
			for id, why := range some {
				all[id] = why
			}
		}
		return all
	}
	for name, tt := range map[string]struct {
		options Options
		want    map[string]string
	}{
		"as it is":                 {Options{}, always},
		"a pull request":           {Options{PR: 7, Repository: "/a"}, with(map[string]string{"pr7": "it belongs to pull request 7", "stopped": "it belongs to pull request 7"})},
		"another repository":       {Options{PR: 7, Repository: "/c"}, with(map[string]string{"only-broken": "it belongs to pull request 7"})},
		"without a pull request 7": {Options{PR: 7, Repository: "/d"}, always},
		"older": {Options{OlderThan: 65 * time.Hour}, with(map[string]string{
			"old": "older than 65h", "pr7": "older than 65h", "pr7-other": "older than 65h",
		})},
		"all that may go": {Options{OlderThan: time.Minute}, with(map[string]string{
			"old": "older than 1m", "pr7": "older than 1m", "pr7-other": "older than 1m", "again": "older than 1m", "elsewhere": "older than 1m",
			"only-broken": "older than 1m", "trained": "older than 1m", "stopped-again": "older than 1m",
		})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, removable(records, promoted, tt.options, now)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		720 * time.Hour: "720h", 90 * time.Minute: "1h30m", 10 * time.Minute: "10m", 30 * time.Second: "30s", 10*time.Hour + time.Second: "10h0m1s",
	} {
		if got := short(d); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestAVerdictOnNoChangeKeepsTheModel: after a merge every change of no data has
// the lineage of the model that was merged, which a release will ask for.
func TestAVerdictOnNoChangeKeepsTheModel(t *testing.T) {
	t.Parallel()
	now := time.Now()
	merged, docs := at(now, 2, 7, "merged /a L1 pass", step.Export, step.Register), at(now, 1, 8, "docs /a L1 unchanged")
	for i := range merged.Stages {
		merged.Stages[i].State = step.Done
	}
	if supersedes(docs, merged) {
		t.Error("a run without a model supersedes one with it")
	}
	if again := merged; !supersedes(again, merged) || !supersedes(again, docs) {
		t.Error("a run with a model does not supersede the like, or one without")
	}
}
