package actions

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	headSHA = "1111111111111111111111111111111111111111"
	baseSHA = "2222222222222222222222222222222222222222"
	thisSHA = "3333333333333333333333333333333333333333"
)

func TestArguments(t *testing.T) {
	t.Parallel()
	event := func(name string, change *Change) Event {
		return Event{Name: name, DefaultBranch: "main", Ref: "main", SHA: thisSHA, Change: change}
	}
	own := &Change{Number: 7, HeadSHA: headSHA, HeadOwner: "a", HeadBranch: "improve", BaseRef: "release/1", BaseSHA: baseSHA}
	fork := &Change{HeadSHA: headSHA, HeadOwner: "stranger", HeadBranch: "--x", Fork: true}
	released := event("release", nil)
	released.Tag = "v2"
	for name, tt := range map[string]struct {
		in   Inputs
		e    Event
		want string
	}{
		"a pull request": {nil, event("pull_request", own),
			"run --base=refs/remotes/origin/release/1 --base-name=release/1 --head=" + headSHA + " --head-name=improve --change=true --pr=7"},
		"up to a stage": {Inputs{"command": "dataset", "config": "ml/tunegate.yaml", "max-duration": "5h"}, event("pull_request", own),
			"--config=ml/tunegate.yaml run --until=dataset --base=refs/remotes/origin/release/1 --base-name=release/1 --head=" + headSHA + " --head-name=improve --change=true --pr=7 --max-duration=5h"},
		"a fork's workflow_run": {nil, event("workflow_run", fork),
			"run --base=refs/remotes/origin/main --base-name=main --head=" + headSHA + " --head-name=stranger:--x --change=true"},
		"a workflow_run counts for every pull request of its head": {nil, event("workflow_run", own),
			"run --base=refs/remotes/origin/main --base-name=main --head=" + headSHA + " --head-name=improve --change=true --pr=7"},
		"a merge queue": {nil, event("merge_group", own),
			"run --base=" + baseSHA + " --base-name=release/1 --head=" + headSHA + " --head-name=improve --change=true --pr=7"},
		"a schedule":       {nil, event("schedule", nil), "run --base=" + thisSHA + " --base-name=main --head=" + thisSHA + " --head-name=main"},
		"inputs go first":  {Inputs{"base": "-b", "head": "h"}, event("pull_request", own), "run --base=-b --head=h --pr=7"},
		"a head alone":     {Inputs{"head": "h"}, event("push", nil), "run --base=" + thisSHA + " --base-name=main --head=h"},
		"publish":          {Inputs{"command": "publish", "run": "--x"}, event("workflow_run", fork), "publish -- --x"},
		"an App's comment": {Inputs{"command": "announce", "author": "my-app[bot]"}, event("workflow_run", fork), "publish --announce --author=my-app[bot]"},
		"after the data":   {Inputs{"command": "publish", "data-outcome": "ready"}, event("workflow_run", fork), "publish --data-outcome=ready"},
		"publish a copy":   {Inputs{"command": "publish"}, event("workflow_run", fork), "publish"},
		"announce":         {Inputs{"command": "announce"}, event("workflow_run", fork), "publish --announce"},
		"announce a run":   {Inputs{"command": "announce", "run": "--x"}, event("workflow_run", fork), "publish --announce -- --x"},
		"a review of both": {Inputs{"base": "b", "head": "h"}, event("pull_request_review", nil), "run --base=b --head=h"},
		"a release":        {Inputs{"command": "promote"}, released, "promote --base=refs/remotes/origin/main --head=" + thisSHA + " -- v2"},
		"a run's model":    {Inputs{"command": "promote", "version": "v3", "run": "2026"}, event("workflow_dispatch", nil), "promote --run=2026 --base=refs/remotes/origin/main -- v3"},
		"another commit":   {Inputs{"command": "promote", "version": "v3", "head": "h", "base": "b"}, event("workflow_dispatch", nil), "promote --base=b --head=h -- v3"},
		"rollback":         {Inputs{"command": "rollback"}, event("workflow_dispatch", nil), "rollback"},
		"rollback to":      {Inputs{"command": "rollback", "version": "v1"}, event("workflow_dispatch", nil), "rollback -- v1"},
		"setup":            {Inputs{"command": "setup", "base": "b"}, event("workflow_dispatch", nil), "setup --base=b"},
		"doctor":           {Inputs{"command": "doctor"}, event("workflow_dispatch", nil), "doctor"},
	} {
		got, err := tt.in.Arguments(tt.e)
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

func TestArgumentsRefuse(t *testing.T) {
	t.Parallel()
	for want, tt := range map[string]struct {
		in Inputs
		e  Event
	}{
		`input command: "guard"`:        {Inputs{"command": "guard"}, Event{}},
		"version: run does not take it": {Inputs{"version": "v1"}, Event{}},
		"base: publish does not take":   {Inputs{"command": "publish", "base": "main"}, Event{}},
		"promote needs one":             {Inputs{"command": "promote"}, Event{Name: "workflow_dispatch"}},
		"the pull_request_review event": {nil, Event{Name: "pull_request_review", SHA: thisSHA, Ref: "7/merge"}},
		"the issue_comment event does":  {Inputs{"head": "h"}, Event{Name: "issue_comment", SHA: thisSHA}},
		"no commit to promote":          {Inputs{"command": "promote", "version": "v1"}, Event{Name: "issue_comment", SHA: thisSHA}},
		"set the input base":            {Inputs{"head": "h"}, Event{Name: "workflow_run", Change: &Change{HeadSHA: headSHA}}},
	} {
		if got, err := tt.in.Arguments(tt.e); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
}

func TestReadInputs(t *testing.T) {
	t.Parallel()
	environ := map[string]string{"INPUT_COMMAND": " publish ", "INPUT_RUN": "", "INPUT_GITHUB_TOKEN": "x", "INPUT_MAX_DURATION": "4h"}
	got := ReadInputs(func(name string) string { return environ[name] })
	if diff := cmp.Diff(Inputs{"command": "publish", "max-duration": "4h"}, got); diff != "" {
		t.Error(diff)
	}
}
