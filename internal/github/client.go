// Package github writes to GitHub what a verdict requires: one comment, a status, a
// check run, a draft release, a deployment. Each is written exactly once, also if
// GitHub limits the rate, fails, or carries out a request and its answer is lost.
package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	gh "github.com/google/go-github/v62/github"
	"github.com/hashicorp/go-retryablehttp"
)

// Options are the repository of a Client, and how long it may wait.
type Options struct {
	API        string // GITHUB_API_URL, such as https://api.github.com
	Repository string // owner/name
	Token      string // goes into the Authorization header and nowhere else
	Author     string // whose comments are ours: the login of the token's bot, github-actions[bot] for a workflow's
	UserAgent  string
	Sleep      func(context.Context, time.Duration) error // waits; returns early with an error when the context ends
	Patience   time.Duration                              // all waiting together, save for a status; 0: 5 minutes
	Timeout    time.Duration                              // of one request with its answer; 0: 30 seconds
	Log        func(format string, args ...any)           // is told of every wait; nil: none
}

// Client works on one repository. It is not safe for concurrent use.
type Client struct {
	owner, name string
	author      string
	mistaken    bool // author comes from GitHub and differs from the options'
	wait        *waiter
	again       *gh.Client // for requests that may arrive twice: a failed one is sent again
	once        *gh.Client // for requests that may not: only a limited one, which was not carried out, is sent again
}

// New prepares a client. It sends nothing.
func New(o Options) (*Client, error) {
	api, err := url.Parse(strings.TrimSuffix(o.API, "/") + "/")
	if err != nil || api.Scheme != "http" && api.Scheme != "https" || api.Host == "" {
		return nil, fmt.Errorf("github: %q is not the address of an API (hint: set GITHUB_API_URL, such as https://api.github.com)", o.API)
	}
	owner, name, _ := strings.Cut(o.Repository, "/")
	if owner == "" || name == "" || strings.ContainsAny(name, "/?#") {
		return nil, fmt.Errorf("github: %q is not a repository (hint: set GITHUB_REPOSITORY to owner/name)", o.Repository)
	}
	if o.Token == "" {
		return nil, errors.New("github: no token (hint: pass it to this step as github-token)")
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Minute
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	wait := &waiter{sleep: o.Sleep, left: o.Patience, log: o.Log}
	connections := follow{whole{http.DefaultTransport.(*http.Transport).Clone()}}
	dial := func(repeat bool) *gh.Client {
		retry := &retryablehttp.Client{
			HTTPClient:   &http.Client{Transport: connections, Timeout: o.Timeout, CheckRedirect: stay},
			RetryMax:     tries - 1,
			CheckRetry:   wait.check(repeat),
			Backoff:      func(time.Duration, time.Duration, int, *http.Response) time.Duration { return 0 },
			ErrorHandler: answerOrError,
		}
		client := gh.NewClient(&http.Client{Transport: &retryablehttp.RoundTripper{Client: retry}, CheckRedirect: stay}).WithAuthToken(o.Token)
		client.BaseURL, client.UserAgent = api, o.UserAgent
		return client
	}
	return &Client{owner: owner, name: name, author: o.Author, wait: wait, again: dial(true), once: dial(false)}, nil
}

// Writer is the login whose comments count as ours. It differs from that of the
// options, and mistaken, where GitHub says that the token is somebody else's.
func (c *Client) Writer() (login string, mistaken bool) { return c.author, c.mistaken }

// stay leaves redirects to follow.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// answerOrError hands the last answer on when tries are used up, and never both.
func answerOrError(answer *http.Response, err error, _ int) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// pages collects a list of any length, 100 entries a request.
func pages[T any](list func(gh.ListOptions) ([]T, *gh.Response, error)) ([]T, error) {
	var all []T
	options := gh.ListOptions{PerPage: 100}
	for {
		some, answer, err := list(options)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if answer.NextPage == 0 {
			return all, nil
		}
		options.Page = answer.NextPage
	}
}

// settle sends what must not be done twice. If it is uncertain whether the server
// did it, done checks before it is sent again.
func (c *Client) settle(ctx context.Context, send func() error, done func() (bool, error)) error {
	for try := 1; ; try++ {
		err := send()
		if !open(ctx, err) || try == tries {
			return err
		}
		if !c.wait.pause(ctx, time.Second<<try, "no answer, checking whether the request was carried out") {
			return err
		}
		if is, lookErr := done(); is || lookErr != nil {
			return lookErr
		}
	}
}

// clip shortens to at most limit characters.
func clip(text string, limit int) string {
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}
