package github_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/github/githubtest"
)

// work is something that is to be there exactly once, however often a fault strikes.
type work struct {
	before   func(*githubtest.Server)
	do       func(*testing.T, *github.Client) error
	requests int // without a fault
}

func works() map[string]work {
	always := func(string) bool { return true }
	comment := func(t *testing.T, c *github.Client) error {
		_, _, err := c.Upsert(t.Context(), 7, github.Sticky{Marker: "<!-- tunegate", Body: "<!-- tunegate 2 -->\npassed", Replaces: always})
		return err
	}
	draft := func(t *testing.T, c *github.Client) error {
		card := filepath.Join(t.TempDir(), "card.md")
		if err := os.WriteFile(card, []byte("# tutor"), 0o600); err != nil {
			return err
		}
		_, err := c.Draft(t.Context(), github.Release{Tag: "model-1", Target: sha, Title: "tutor", Body: "text", Assets: map[string]string{"card.md": card}})
		return err
	}
	deploy := func(t *testing.T, c *github.Client) error {
		return c.Deploy(t.Context(), github.Deployment{Ref: sha, Environment: "tunegate/tutor", Payload: map[string]any{"version": 1, "run": "x"}})
	}
	return map[string]work{
		"comment": {do: comment, requests: 3},
		"updated comment": {do: comment, requests: 2, before: func(s *githubtest.Server) {
			s.AddComment(7, githubtest.Bot, "<!-- tunegate 1 -->\nfailed")
		}},
		"healed comments": {do: comment, requests: 4, before: func(s *githubtest.Server) {
			for range 3 {
				s.AddComment(7, githubtest.Bot, "<!-- tunegate 1 -->\nfailed")
			}
		}},
		"status": {requests: 1, do: func(t *testing.T, c *github.Client) error {
			return c.Status(t.Context(), sha, github.Status{State: "success", Context: "tunegate", Description: "passed", URL: "https://github.com/x"})
		}},
		"check run": {requests: 4, do: func(t *testing.T, c *github.Client) error {
			run := github.CheckRun{Name: "tunegate data", ExternalID: "1/1", Conclusion: "failure", Title: "data", Summary: "text"}
			for i := range 120 {
				run.Annotations = append(run.Annotations, github.Annotation{Path: "a.json", Line: i + 1, Level: "warning", Title: "leak", Message: "x"})
			}
			return c.CheckRun(t.Context(), sha, run)
		}},
		"draft release": {do: draft, requests: 3},
		"draft release, again": {do: func(t *testing.T, c *github.Client) error {
			if err := draft(t, c); err != nil {
				return err
			}
			return draft(t, c)
		}, requests: 7},
		"deployment": {do: deploy, requests: 3},
		"deployment, the same again": {do: func(t *testing.T, c *github.Client) error {
			if err := deploy(t, c); err != nil {
				return err
			}
			return deploy(t, c)
		}, requests: 6},
	}
}

// left is all that is on the server, without its numbers.
func left(t *testing.T, s *githubtest.Server) string {
	t.Helper()
	releases, runs, deployments, comments := s.Releases(), s.CheckRuns(sha), s.Deployments(), s.Comments(7)
	for i := range releases {
		releases[i].ID = 0
		for j := range releases[i].Assets {
			releases[i].Assets[j].ID = 0
		}
	}
	for i := range runs {
		runs[i].ID = 0
	}
	for i := range comments {
		comments[i].ID = 0
	}
	for i := range deployments {
		deployments[i].ID = 0
		for j := range deployments[i].Statuses {
			deployments[i].Statuses[j].ID = 0
		}
	}
	text, err := json.MarshalIndent([]any{comments, s.Statuses(sha), runs, releases, deployments}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// run does the work on a server of its own, which a fault strikes.
func run(t *testing.T, w work, fault githubtest.Fault) (there string, requests int, c *clock) {
	t.Helper()
	server, _, c := fake(t)
	if w.before != nil {
		w.before(server)
	}
	o := c.options(server.URL)
	if fault.Kind == githubtest.Hang {
		o.Timeout = 250 * time.Millisecond
	}
	if fault.Kind != 0 {
		server.Fail(fault)
	}
	if err := w.do(t, connect(t, o)); err != nil {
		t.Error(err)
	}
	return left(t, server), len(server.Requests()), c
}

// TestExactlyOnce lets each request of each work go wrong in each way, and compares
// what is left with what a calm day leaves.
func TestExactlyOnce(t *testing.T) {
	t.Parallel()
	faults := map[string]struct {
		fault  githubtest.Fault
		wait   time.Duration // 0: not looked at
		limits bool          // one more request, always
	}{
		"429 without headers":   {githubtest.Fault{Kind: githubtest.Limit429}, time.Minute, true},
		"secondary, no time":    {githubtest.Fault{Kind: githubtest.Secondary}, time.Minute, true},
		"secondary, 7 s":        {githubtest.Fault{Kind: githubtest.Secondary, Wait: 7 * time.Second}, 7 * time.Second, true},
		"primary, reset soon":   {githubtest.Fault{Kind: githubtest.Primary, Wait: 10 * time.Second}, 0, true},
		"502":                   {fault: githubtest.Fault{Kind: githubtest.BadGateway}},
		"502 three times":       {fault: githubtest.Fault{Kind: githubtest.BadGateway, Times: 3}},
		"done, no answer":       {fault: githubtest.Fault{Kind: githubtest.Lost}},
		"done, no answer twice": {fault: githubtest.Fault{Kind: githubtest.Lost, Times: 2}},
		"not done, no answer":   {fault: githubtest.Fault{Kind: githubtest.LostBefore}},
		"hangs":                 {fault: githubtest.Fault{Kind: githubtest.Hang}},
	}
	for name, w := range works() {
		calm, total, _ := run(t, w, githubtest.Fault{})
		if total != w.requests {
			t.Errorf("%s: %d requests without a fault, want %d", name, total, w.requests)
		}
		for kind, f := range faults {
			for at := range total {
				t.Run(fmt.Sprintf("%s/%s/request %d", name, kind, at+1), func(t *testing.T) {
					t.Parallel()
					fault := f.fault
					fault.After = at
					got, requests, c := run(t, w, fault)
					if got != calm {
						t.Errorf("left\n%s\nwant\n%s", got, calm)
					}
					if f.limits && requests != total+1 {
						t.Errorf("%d requests, want %d", requests, total+1)
					}
					if f.wait > 0 && (len(c.naps) != 1 || c.naps[0] != f.wait) {
						t.Errorf("waited %v, want %s", c.naps, f.wait)
					}
				})
			}
		}
	}
}
