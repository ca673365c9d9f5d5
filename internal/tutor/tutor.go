// Package tutor asks a running tutor app for its health, its effective settings, and
// its live evaluation report, with caveats. It changes nothing in
// the app.
package tutor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	answerTimeout = 10 * time.Second // of everything but a report
	maxBody       = 4 << 20          // bytes of one answer
)

// Client talks to one app.
type Client struct {
	base *url.URL
	http *http.Client
}

// Dial prepares a client of the app at base, such as http://127.0.0.1:8000. It
// sends nothing.
func Dial(base string) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%q is not the address of an app (hint: write it like http://127.0.0.1:8000)", base)
	}
	return &Client{base: u, http: &http.Client{
		Transport: &http.Transport{DialContext: (&net.Dialer{Timeout: answerTimeout}).DialContext, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}}, nil
}

// Base is the app's address.
func (c *Client) Base() string { return strings.TrimRight(c.base.String(), "/") }

// Health returns the app's version, or an error unless it says that it is healthy.
func (c *Client) Health(ctx context.Context) (version string, err error) {
	var health struct{ Status, Version string }
	if err := c.get(ctx, answerTimeout, "health", nil, &health); err != nil {
		return "", err
	}
	if health.Status != "healthy" {
		return "", fmt.Errorf("the app at %s reports its status as %.100q (hint: check its log)", c.Base(), health.Status)
	}
	return health.Version, nil
}

// Settings are the effective ones, from saved settings and the environment
// together. Local AI may be shown as on wrongly: an environment that switches it off
// overrides it and is not shown.
type Settings struct {
	Provider   string `json:"llm_provider"`
	LocalAI    bool   `json:"local_ai_enabled"`
	Model      string `json:"local_llm_model"`
	MultiAgent bool   `json:"local_multi_agent_enabled"`
	FastMode   bool   `json:"fast_mode_enabled"`
}

// Settings asks for the settings in effect.
func (c *Client) Settings(ctx context.Context) (Settings, error) {
	var settings Settings
	err := c.get(ctx, answerTimeout, "api/settings", nil, &settings)
	return settings, err
}

// Answered is how many requests this process of the app has answered whose
// answers it may have kept in its cache.
func (c *Client) Answered(ctx context.Context) (int, error) {
	body, err := c.read(ctx, answerTimeout, "metrics", nil)
	if err != nil {
		return 0, err
	}
	return answered(string(body)), nil
}

// get asks and reads a JSON answer into v.
func (c *Client) get(ctx context.Context, limit time.Duration, path string, query url.Values, v any) error {
	body, err := c.read(ctx, limit, path, query)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("%s/%s: not an answer of the tutor app: %w (hint: check the app's address)", c.Base(), path, err)
	}
	return nil
}

func (c *Client) read(ctx context.Context, limit time.Duration, path string, query url.Values) ([]byte, error) {
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	u := c.base.JoinPath(path) // #nosec G125 -- a path of this package
	u.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(within, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.explain(ctx, path, limit, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(http.MaxBytesReader(nil, response.Body, maxBody))
	switch {
	case err != nil:
		return nil, c.explain(ctx, path, limit, err)
	case response.StatusCode == http.StatusNotFound:
		return nil, fmt.Errorf("%s/%s: no such page (hint: check the tutor app's address)", c.Base(), path)
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s/%s: the app answered %s: %.300q (hint: check its log)", c.Base(), path, response.Status, body)
	}
	return body, nil
}

// explain describes a failed request; ctx is the caller's.
func (c *Client) explain(ctx context.Context, path string, limit time.Duration, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	hint := "check that the app is running and reachable from here"
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("no answer within %s", limit)
		hint = "an app that is making a live report answers nothing else: wait, or restart it"
	case errors.As(err, &large):
		hint = "check the tutor app's address"
	}
	var network *url.Error
	if errors.As(err, &network) {
		err = network.Err
	}
	return fmt.Errorf("%s/%s: %w (hint: %s)", c.Base(), path, err, hint)
}
