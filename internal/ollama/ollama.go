// Package ollama is the client of an Ollama server. Without a shared one it finds,
// builds and runs a private one. Tags give the digest of their weights, and an answer
// reports whether it is complete.
package ollama

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/ollama/ollama/api"
)

const (
	maxBody     = 64 << 20         // bytes of one response
	readTimeout = 60 * time.Second // one attempt of a request that changes nothing
	quiet       = 30 * time.Minute // without a byte, in or out, a server counts as hung; a long prompt takes minutes
)

// Client talks to one Ollama server. It is safe for concurrent use.
type Client struct {
	base     *url.URL
	once     *api.Client  // sends a request once
	writes   *http.Client // used by once
	retrying *api.Client  // retries requests that change nothing
	reads    *http.Client // used by retrying
}

// Dial returns a client of the server at base, such as http://127.0.0.1:11434. It sends
// nothing.
func Dial(base string) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, fmt.Errorf("ollama: %q is not the address of a server (hint: write it like http://127.0.0.1:11434)", base)
	}
	u.Host = strings.ToLower(u.Host)
	return newClient(u, (&net.Dialer{Timeout: 10 * time.Second}).DialContext, nil), nil
}

// newClient returns a client of the server at base, which dial connects to. w, unless
// nil, records every attempt of a request.
func newClient(base *url.URL, dial dialer, w *witness) *Client {
	var transport http.RoundTripper = &http.Transport{
		DialContext:           patiently(dial),
		TLSHandshakeTimeout:   10 * time.Second,
		IdleConnTimeout:       30 * time.Second,
		ExpectContinueTimeout: 5 * time.Second,
	}
	if w != nil {
		transport = noted{transport, w}
	}
	transport = &bounded{transport}
	retry := &retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: transport, Timeout: readTimeout},
		RetryMax:     2,
		RetryWaitMin: 100 * time.Millisecond,
		CheckRetry:   worthRetrying,
		Backoff: func(first, _ time.Duration, attempt int, _ *http.Response) time.Duration {
			return first << attempt
		},
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	c := &Client{base: base, reads: retry.StandardClient(), writes: &http.Client{Transport: transport}}
	c.once = api.NewClient(base, c.writes)
	c.retrying = api.NewClient(base, c.reads)
	return c
}

// dialer connects to an address.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// patiently makes connections that fail when idle for too long.
func patiently(dial dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return patient{conn, quiet}, nil
	}
}

// patient is a connection whose reads and writes extend the deadline.
type patient struct {
	net.Conn
	limit time.Duration
}

func (p patient) Read(b []byte) (int, error) {
	p.SetDeadline(time.Now().Add(p.limit))
	return p.Conn.Read(b)
}

func (p patient) Write(b []byte) (int, error) {
	p.SetDeadline(time.Now().Add(p.limit))
	return p.Conn.Write(b)
}

// worthRetrying is true for a failed connection and a busy server. Any other response,
// including a 500, would be the same the second time.
func worthRetrying(ctx context.Context, response *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if f := (*front)(nil); errors.As(err, &f) {
		return f.code == http.StatusServiceUnavailable, nil
	}
	if err != nil {
		return true, nil
	}
	busy := response.StatusCode == http.StatusTooManyRequests || response.StatusCode == http.StatusServiceUnavailable
	return busy, nil
}

// bounded fails a response body after maxBody bytes, because the API client reads whole
// bodies into memory, and a response from something in front of the server: the API
// client takes a redirect that is not followed for success.
type bounded struct{ http.RoundTripper }

func (b *bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if f := fronted(response); f != nil {
		response.Body.Close()
		return nil, f
	}
	response.Body = http.MaxBytesReader(nil, response.Body, maxBody)
	return response, nil
}

// Base returns the server's address.
func (c *Client) Base() string { return c.base.String() }

// Version returns the version that the server reports.
func (c *Client) Version(ctx context.Context) (string, error) {
	version, err := c.retrying.Version(ctx)
	return version, c.explain("ask for the version", err)
}

// alive returns nil when the server answers.
func (c *Client) alive(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 5*time.Second, errors.New("no answer within 5 s"))
	defer cancel()
	return c.once.Heartbeat(ctx)
}
