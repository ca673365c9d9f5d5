package publish

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/actions"
	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/promote"
	"github.com/tunegate/tunegate/internal/report"
)

// retrained is a lab whose run judged the default branch's own commit.
func retrained(t *testing.T, event string) *lab {
	l := newLab(t, better())
	l.event.Name, l.event.Change, l.event.SHA = event, nil, headSHA
	l.run.record.Event, l.run.record.BaseSHA = event, headSHA
	l.run.report.Base.SHA = headSHA
	l.run.report.Export = &report.Export{Changed: 5, GGUFSHA256: strings.Repeat("e", 64)}
	l.api.SetFile(headSHA, config.FileName, []byte(policy))
	return l
}

func TestARetrainedModelGetsADraftRelease(t *testing.T) {
	t.Parallel()
	for _, event := range []string{"schedule", "workflow_dispatch"} {
		l := retrained(t, event)
		l.leave()
		for range 2 { // the same again changes nothing
			got, err := l.publish()
			if err != nil || got.Exit != 0 || !got.Promotable || got.URL == "" {
				t.Fatalf("%s: %+v, %v", event, got, err)
			}
		}
		releases := l.api.Releases()
		if len(releases) != 1 || releases[0].Tag != "model-20261122-cd90aea0" || !releases[0].Draft || releases[0].Target != headSHA {
			t.Fatalf("%s: %+v", event, releases)
		}
		attached := map[string]bool{}
		for _, asset := range releases[0].Assets {
			attached[asset.Name] = true
			if asset.Name == "verdict.json" && !json.Valid(asset.Data) {
				t.Errorf("%s", asset.Data)
			}
		}
		if want := map[string]bool{"model-card.md": true, "provenance.json": true, "verdict.json": true}; !maps.Equal(attached, want) {
			t.Errorf("%s: %v", event, attached)
		}
		if len(l.api.Statuses(headSHA))+len(l.api.CheckRuns(headSHA))+len(l.comments()) != 0 || !strings.Contains(l.summary(), "draft release created") {
			t.Errorf("%s: %.300s", event, l.summary())
		}
	}
}

func TestADraftIsMadeAnewByTheNextRetraining(t *testing.T) {
	t.Parallel()
	l := retrained(t, "schedule")
	for week := range 2 {
		l.run.record.Started = l.run.record.Started.AddDate(0, 0, 7*week)
		l.leave()
		l.mustPublish()
	}
	if releases := l.api.Releases(); len(releases) != 1 || releases[0].Tag != "model-20261129-cd90aea0" || len(releases[0].Assets) != 3 {
		t.Errorf("%+v", releases)
	}
	l.run.record.Lineage, l.run.report.Origin.Lineage = strings.Repeat("e", 64), strings.Repeat("e", 64)
	l.leave()
	l.mustPublish()
	if releases := l.api.Releases(); len(releases) != 2 {
		t.Errorf("another model: %+v", releases)
	}
}

func TestNoDraftRelease(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*lab){
		"a promotion that was refused": func(l *lab) { l.run.record.Event = "release" },
		"not promotable": func(l *lab) {
			l.run.cases = better()[120:]
			l.run.report.Verdict = recompute(usual, nil, l.run.cases)
		},
		"a push": func(l *lab) { l.event.Name, l.run.record.Event = "push", "push" },
	} {
		l := retrained(t, "workflow_dispatch")
		change(l)
		l.leave()
		if got, err := l.publish(); err != nil || got.Exit != 0 || len(l.api.Releases()) != 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

const moved = `{"action": "promote", "name": "tutor", "version": "v2", "tag": "tutor-lora-v2", "model_id": "MODEL", "run": "RUN", "lineage": "LINEAGE",
"stable": "v2", "previous": "v1", "servers": ["private"], "changed": true, "notes": ["a note"]}`

func promoted(change ...string) []byte {
	filled := strings.NewReplacer("MODEL", strings.Repeat("c", 64), "RUN", runID, "LINEAGE", lineage).Replace(moved)
	return []byte(strings.NewReplacer(change...).Replace(filled))
}

func TestAPromotionIsADeployment(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.event.Name, l.event.Change, l.event.Tag = "release", nil, "v2"
	l.write(promote.FileName, promoted())
	if got, err := l.publish(); err != nil || got.Exit != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	deployments := l.api.Deployments()
	if len(deployments) != 1 || deployments[0].Environment != "tunegate/tutor" || deployments[0].Ref != "v2" || deployments[0].Statuses[0].State != "success" {
		t.Fatalf("%+v", deployments)
	}
	payload := string(encode(t, deployments[0].Payload))
	want := `{"action":"promote","lineage":"` + lineage + `","model_id":"` + strings.Repeat("c", 64) + `","run":"` + runID + `","version":"v2"}`
	if payload != want {
		t.Errorf("%s", payload)
	}
	if !strings.Contains(l.summary(), "`tutor:stable` is `v2`") || len(l.api.Releases()) != 0 {
		t.Errorf("%s", l.summary())
	}

	l.write(promote.FileName, promoted(`"stable": "v2"`, `"stable": "v3"`))
	if got, err := l.publish(); err != nil || got.Exit != 0 || len(l.api.Deployments()) != 1 {
		t.Errorf("a version that stays behind: %+v, %v, %+v", got, err, l.api.Deployments())
	}
}

func TestWhatIsNoPromotion(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][]string{
		"action": {`"promote"`, `"destroy"`}, "name": {`"name": "tutor"`, `"name": "../tutor"`}, "version": {`"version": "v2"`, `"version": "v2\n"`},
		"field": {`"notes"`, `"token"`}, "model": {`"model_id": "c`, `"model_id": "C`}, "run": {runID, "latest"},
	} {
		l := newLab(t, nil)
		l.event.Name, l.event.Change = "workflow_dispatch", nil
		l.write(promote.FileName, promoted(change...))
		if got, err := l.publish(); err == nil || got.Exit != 1 || len(l.api.Deployments()) != 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	l := newLab(t, better()) // a pull request promotes nothing
	l.write(promote.FileName, promoted())
	l.leave()
	if got, err := l.publish(); err != nil || got.Outcome != "pass" || len(l.api.Deployments()) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTheSubjectOfAnEvent(t *testing.T) {
	t.Parallel()
	change := &actions.Change{Number: 7, HeadSHA: headSHA, HeadOwner: "stranger", HeadBranch: "improve", BaseRef: "next", BaseSHA: baseSHA, Fork: true}
	event := actions.Event{DefaultBranch: "main", Ref: "trunk", SHA: baseSHA, Change: change}
	for name, want := range map[string]subject{
		"pull_request": {sha: headSHA, head: "stranger:improve", base: "next", policy: "refs/heads/next"},
		"workflow_run": {sha: headSHA, head: "stranger:improve", base: "main", policy: "refs/heads/main"},
		"merge_group":  {sha: headSHA, head: "stranger:improve", base: "next", policy: baseSHA, against: baseSHA},
	} {
		event.Name = name
		if got, err := subjectOf(event); err != nil || got != want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	event.Name, event.Change = "schedule", nil
	if got, err := subjectOf(event); err != nil || got != (subject{sha: baseSHA, head: "trunk", base: "trunk", policy: baseSHA}) {
		t.Errorf("%+v, %v", got, err)
	}
	event.Name, event.Tag = "release", "v2"
	if got, err := subjectOf(event); err != nil || got != (subject{sha: baseSHA, head: "v2", base: "main", policy: "refs/heads/main"}) {
		t.Errorf("%+v, %v", got, err)
	}
}
