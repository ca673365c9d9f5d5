package github

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	tries     = 5           // of one request
	shortWait = time.Second // after a failure, doubled each time
	limitWait = time.Minute // after a limit that names no time: GitHub asks for at least this, then for more each time
	maxAnswer = 64 << 20    // bytes

	// forStatus is the time to wait for a status, which is the gate, however long the
	// rest has waited: two limits that name no time.
	forStatus = 3 * time.Minute
)

// waiter decides whether a request is retried, and waits before it is.
type waiter struct {
	sleep    func(context.Context, time.Duration) error
	left     time.Duration // time left to wait, over all requests
	failures int           // answers in a row that were limits or failures
	log      func(format string, args ...any)
}

// check is the policy of requests that may be repeated after a failure, or only
// after a limit. It waits itself, because a retryablehttp.Client has no other clock.
func (w *waiter) check(repeat bool) retryablehttp.CheckRetry {
	return func(ctx context.Context, answer *http.Response, err error) (bool, error) {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		wait, limit := limitOf(answer)
		failed, _ := retryablehttp.DefaultRetryPolicy(ctx, answer, err)
		if answer != nil {
			// go-github would refuse to send until then, by a clock of its own.
			answer.Header.Del("X-RateLimit-Reset")
		}
		if !limit && !failed {
			w.failures = 0
			return false, nil
		}
		doubled := min(w.failures, tries)
		w.failures++
		switch {
		case limit:
			return w.pause(ctx, cmp.Or(wait, limitWait<<doubled), "GitHub limits the request rate, retrying"), ctx.Err()
		case repeat:
			return w.pause(ctx, shortWait<<doubled, "no usable answer from GitHub, retrying"), ctx.Err()
		}
		return false, nil
	}
}

// renew resets the failures and grants at least this much time to wait, until
// the returned function takes back what was not needed of it.
func (w *waiter) renew(least time.Duration) (over func()) {
	before := w.left
	w.left, w.failures = max(before, least), 0
	return func() { w.left = min(before, w.left) }
}

// pause waits, and returns false when it may not wait that long or the context ended.
func (w *waiter) pause(ctx context.Context, d time.Duration, why string) bool {
	if d < 0 || d > w.left {
		return false
	}
	w.left -= d
	w.log("%s: waiting for %s", why, d)
	return w.sleep(ctx, d) == nil
}

// limitOf reports whether an answer is a rate limit, and how long it says to
// wait; 0: it does not say.
func limitOf(answer *http.Response) (wait time.Duration, limit bool) {
	if answer == nil || answer.StatusCode != http.StatusForbidden && answer.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	text, _ := io.ReadAll(answer.Body)
	answer.Body = io.NopCloser(bytes.NewReader(text))
	after, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	used := answer.Header.Get("X-RateLimit-Remaining") == "0"
	switch {
	case err == nil && after > 0:
		return time.Duration(after) * time.Second, true
	case used:
		return untilReset(answer.Header), true
	}
	return 0, answer.StatusCode == http.StatusTooManyRequests || bytes.Contains(text, []byte("secondary rate limit"))
}

// untilReset is the time between the server's own clock and its reset, and a second
// more; 0 when the headers do not tell.
func untilReset(header http.Header) time.Duration {
	reset, err := strconv.ParseInt(header.Get("X-RateLimit-Reset"), 10, 64)
	now, dateErr := http.ParseTime(header.Get("Date"))
	if err != nil || dateErr != nil {
		return 0
	}
	return max(0, time.Unix(reset, 0).Sub(now)) + time.Second
}

// whole reads an answer completely before it counts as one, so that one that is cut
// short is a failure like any other.
type whole struct{ http.RoundTripper }

func (w whole) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := w.RoundTripper.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(http.MaxBytesReader(nil, answer.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}
