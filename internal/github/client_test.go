package github_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/github/githubtest"
)

const (
	sha     = "1234567890123456789012345678901234567890"
	token   = "ghs_secretsecretsecretsecretsecretsecret"
	minutes = 5 * time.Minute
)

// clock is a sleeper that takes no time.
type clock struct {
	naps []time.Duration
	log  strings.Builder
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.naps = append(c.naps, d)
	return ctx.Err()
}

func (c *clock) slept() (total time.Duration) {
	for _, nap := range c.naps {
		total += nap
	}
	return total
}

func (c *clock) options(api string) github.Options {
	return github.Options{
		API: api, Repository: githubtest.Repository, Token: token, Author: githubtest.Bot, UserAgent: "tunegate/test", Sleep: c.sleep, Timeout: 10 * time.Second,
		Log: func(format string, args ...any) { fmt.Fprintf(&c.log, format+"\n", args...) },
	}
}

func connect(t *testing.T, o github.Options) *github.Client {
	t.Helper()
	client, err := github.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// fake is a server with an open pull request #7, and a client of it.
func fake(t *testing.T) (*githubtest.Server, *github.Client, *clock) {
	t.Helper()
	server := githubtest.New(t)
	server.AddPull(githubtest.Pull{Number: 7, HeadSHA: sha, HeadRef: "improve", BaseRef: "main", Author: "ada", Open: true})
	c := &clock{}
	return server, connect(t, c.options(server.URL)), c
}

// between puts a handler in front of the fake, which gets what the handler lets pass.
func between(t *testing.T, server *githubtest.Server, handle func(w http.ResponseWriter, r *http.Request, pass http.Handler)) (*github.Client, *clock) {
	t.Helper()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handle(w, r, server) }))
	t.Cleanup(front.Close)
	c := &clock{}
	return connect(t, c.options(front.URL+"/api/v3")), c
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*github.Options)
		want   string
	}{
		"no address":    {func(o *github.Options) { o.API = "" }, "GITHUB_API_URL"},
		"odd address":   {func(o *github.Options) { o.API = "api.github.com" }, "GITHUB_API_URL"},
		"no owner":      {func(o *github.Options) { o.Repository = "tunes" }, "owner/name"},
		"too many":      {func(o *github.Options) { o.Repository = "a/b/c" }, "owner/name"},
		"a query":       {func(o *github.Options) { o.Repository = "a/b?c" }, "owner/name"},
		"without token": {func(o *github.Options) { o.Token = "" }, "github-token"},
	} {
		o := (&clock{}).options("https://api.github.com")
		tc.change(&o)
		if _, err := github.New(o); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want it to say %q", name, err, tc.want)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault    githubtest.Fault
		is       error
		want     string
		requests int
	}{
		"forbidden":          {githubtest.Fault{Kind: githubtest.Forbidden}, github.ErrForbidden, "Resource not accessible by integration (hint: give the job the permission `statuses: write`)", 1},
		"limit without end":  {githubtest.Fault{Kind: githubtest.Limit429}, nil, "run the job again later", 3},
		"secondary":          {githubtest.Fault{Kind: githubtest.Secondary}, nil, "run the job again later", 3},
		"secondary, an hour": {githubtest.Fault{Kind: githubtest.Secondary, Wait: time.Hour}, nil, "run the job again later", 1},
		"primary, an hour":   {githubtest.Fault{Kind: githubtest.Primary}, nil, "run the job again later", 1},
		"always 502":         {githubtest.Fault{Method: "POST", Kind: githubtest.BadGateway}, nil, "answered 502", 9},
		"502 for looks too":  {githubtest.Fault{Kind: githubtest.BadGateway}, nil, "answered 502", 6},
		"never an answer":    {githubtest.Fault{Kind: githubtest.LostBefore}, nil, "EOF", 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client, c := fake(t)
			tc.fault.Times = -1
			server.Fail(tc.fault)
			err := client.Status(t.Context(), sha, github.Status{State: "success", Context: "tunegate", Description: "passed"})
			if err == nil || !strings.Contains(err.Error(), tc.want) || tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("got %v, want it to say %q", err, tc.want)
			}
			if n := len(server.Requests()); n != tc.requests {
				t.Errorf("%d requests, want %d", n, tc.requests)
			}
			if c.slept() > minutes {
				t.Errorf("waited for %s", c.slept())
			}
			if strings.Contains(fmt.Sprint(err, c.log.String()), token) {
				t.Errorf("the token shows in %v or in\n%s", err, c.log.String())
			}
			if len(server.Statuses(sha)) != 0 {
				t.Error("a status was set")
			}
		})
	}
}

func TestAnswersThatAreNoWork(t *testing.T) {
	t.Parallel()
	server := githubtest.New(t)
	for name, tc := range map[string]struct {
		code int
		want string
	}{
		"token ended": {http.StatusUnauthorized, "the token is not accepted"},
		"refused":     {http.StatusUnprocessableEntity, "refused with 422: No such line: Status sha invalid gone ("},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			client, _ := between(t, server, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				requests++
				w.WriteHeader(tc.code)
				fmt.Fprint(w, `{"message":"No such\nline:","errors":[{"resource":"Status","field":"sha","code":"invalid","message":"gone"}]}`)
			})
			err := client.Status(t.Context(), sha, github.Status{State: "success", Context: "tunegate"})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want it to say %q", err, tc.want)
			}
			if requests != 1 {
				t.Errorf("%d requests, want 1", requests)
			}
		})
	}
}

func TestAnAnswerCutShortIsNone(t *testing.T) {
	t.Parallel()
	server := githubtest.New(t)
	server.SetFile("main", "tunegate.yaml", []byte("name: tutor\n"))
	cut := true
	client, c := between(t, server, func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		answer := httptest.NewRecorder()
		pass.ServeHTTP(answer, r)
		w.Header().Set("Content-Type", "application/json")
		body := answer.Body.Bytes()
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		if cut {
			body = body[:len(body)/2]
		}
		cut = false
		w.Write(body)
	})
	if got, err := client.Contents(t.Context(), "tunegate.yaml", "main"); err != nil || string(got) != "name: tutor\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if c.slept() != time.Second {
		t.Errorf("waited for %s, want 1s", c.slept())
	}
}

func TestTheLastAllowedRequestDoesNotStopTheNext(t *testing.T) {
	t.Parallel()
	server := githubtest.New(t)
	server.SetFile("main", "a", []byte("text"))
	client, c := between(t, server, func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		w.Header().Set("X-RateLimit-Limit", "1000")
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", fmt.Sprint(time.Now().Add(time.Hour).Unix()))
		pass.ServeHTTP(w, r)
	})
	for range 2 {
		if _, err := client.Contents(t.Context(), "a", "main"); err != nil {
			t.Error(err)
		}
	}
	if c.slept() != 0 {
		t.Errorf("waited for %s", c.slept())
	}
}

func TestACancelEndsTheWait(t *testing.T) {
	t.Parallel()
	server := githubtest.New(t)
	server.Fail(githubtest.Fault{Kind: githubtest.Limit429, Times: -1})
	ctx, cancel := context.WithCancel(t.Context())
	o := (&clock{}).options(server.URL)
	o.Sleep = func(ctx context.Context, _ time.Duration) error {
		cancel()
		return ctx.Err()
	}
	if _, err := connect(t, o).Pull(ctx, 7); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
	if n := len(server.Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}
