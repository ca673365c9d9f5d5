package github_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/github/githubtest"
)

func TestStatusIsCutToFit(t *testing.T) {
	t.Parallel()
	server, client, _ := fake(t)
	if err := client.Status(t.Context(), sha, github.Status{State: "failure", Context: "tunegate", Description: strings.Repeat("é", 141)}); err != nil {
		t.Fatal(err)
	}
	want := []githubtest.Status{{State: "failure", Context: "tunegate", Description: strings.Repeat("é", 139) + "…"}}
	if got := server.Statuses(sha); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestALostStatusIsNotTakenForAnOlderOne(t *testing.T) {
	t.Parallel()
	server, client, _ := fake(t)
	set := func(state string) {
		t.Helper()
		if err := client.Status(t.Context(), sha, github.Status{State: state, Context: "tunegate"}); err != nil {
			t.Error(err)
		}
	}
	set("success")
	set("pending")
	server.Fail(githubtest.Fault{Method: "POST", Kind: githubtest.LostBefore})
	set("success")
	got := server.Statuses(sha)
	if len(got) != 3 || got[2].State != "success" {
		t.Errorf("got %+v", got)
	}
}

func TestADraftThatIsForbiddenNamesBothReasons(t *testing.T) {
	t.Parallel()
	server, client, _ := fake(t)
	server.Fail(githubtest.Fault{Method: "POST", Path: "/releases", Kind: githubtest.Forbidden, Times: -1})
	_, err := client.Draft(t.Context(), github.Release{Tag: "model-1", Target: sha})
	if !errors.Is(err, github.ErrForbidden) || !strings.Contains(err.Error(), "contents: write") || !strings.Contains(err.Error(), "create the tag model-1 by hand") {
		t.Errorf("got %v", err)
	}
}

func TestCheckRunIsCompleteFromTheStart(t *testing.T) {
	t.Parallel()
	server, client, _ := fake(t)
	run := github.CheckRun{
		Name: "tunegate data", ExternalID: "12/1", Conclusion: "neutral", Title: strings.Repeat("t", 300),
		Summary: strings.Repeat("s", 70_000), URL: "https://github.com/octo-org/tunes/actions/runs/12",
		Annotations: []github.Annotation{
			{Path: "a.json", Line: 3, Column: 9, Level: "error", Title: strings.Repeat("t", 300), Message: strings.Repeat("🙂", 70_000)},
			{Path: "a.json", Line: 4, Level: "notice", Message: "no title"},
		},
	}
	if err := client.CheckRun(t.Context(), sha, run); err != nil {
		t.Fatal(err)
	}
	got := server.CheckRuns(sha)
	if len(got) != 1 || got[0].Status != "completed" || got[0].Conclusion != "neutral" || got[0].URL != run.URL || len(got[0].Annotations) != 2 {
		t.Fatalf("got %.300v", got)
	}
	first, second := got[0].Annotations[0], got[0].Annotations[1]
	if first.Level != "failure" || first.StartLine != 3 || first.EndLine != 3 || first.StartColumn != 9 || first.EndColumn != 9 {
		t.Errorf("got %.100v", first)
	}
	if second != (githubtest.Annotation{Path: "a.json", StartLine: 4, EndLine: 4, Level: "notice", Message: "no title"}) {
		t.Errorf("got %+v", second)
	}
}

func TestCheckRunWithoutAnnotations(t *testing.T) {
	t.Parallel()
	server, client, _ := fake(t)
	if err := client.CheckRun(t.Context(), sha, github.CheckRun{Name: "tunegate data", Conclusion: "success", Title: "fine", Summary: "fine"}); err != nil {
		t.Fatal(err)
	}
	if got := server.CheckRuns(sha); len(got) != 1 || len(server.Requests()) != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestDraft(t *testing.T) {
	t.Parallel()
	server, client, _ := fake(t)
	card := filepath.Join(t.TempDir(), "card")
	release := github.Release{Tag: "model-20261105-0a1b2c3d", Target: sha, Title: "tutor", Body: "first", Assets: map[string]string{"model-card.md": card}}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(card, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	draft := func() string {
		t.Helper()
		url, err := client.Draft(t.Context(), release)
		if err != nil {
			t.Error(err)
		}
		return url
	}
	write("one")
	first := draft()
	write("two")
	release.Body = "second"
	if again := draft(); again != first || again == "" {
		t.Errorf("the draft moved from %q to %q", first, again)
	}
	got := server.Releases()
	if len(got) != 1 || !got[0].Draft || got[0].Body != "second" || got[0].Target != sha || len(got[0].Assets) != 1 || string(got[0].Assets[0].Data) != "two" {
		t.Errorf("got %+v", got)
	}

	write("")
	if _, err := client.Draft(t.Context(), release); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("an empty asset: got %v", err)
	}
	release.Assets = map[string]string{"missing": card + ".not"}
	if _, err := client.Draft(t.Context(), release); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a missing asset: got %v", err)
	}
}

func TestDeploymentsSucceedOneAnother(t *testing.T) {
	t.Parallel()
	server, client, _ := fake(t)
	for version, environment := range []string{"tunegate/tutor", "production", "tunegate/tutor", "production", "tunegate/tutor"} {
		err := client.Deploy(t.Context(), github.Deployment{
			Ref: sha, Environment: environment, Description: strings.Repeat("d", 200),
			Payload: map[string]any{"version": version, "model_id": "ab"}, URL: "https://github.com/octo-org/tunes/actions/runs/12",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var states []string
	for _, d := range server.Deployments() {
		states = append(states, d.Environment+" "+d.Statuses[len(d.Statuses)-1].State)
	}
	want := []string{"tunegate/tutor inactive", "production inactive", "tunegate/tutor inactive", "production success", "tunegate/tutor success"}
	if !slices.Equal(states, want) {
		t.Errorf("got %q", states)
	}
}
