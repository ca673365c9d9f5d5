package tutor

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/tutor/tutortest"
)

func dial(t *testing.T, base string) *Client {
	t.Helper()
	c, err := Dial(base)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDial(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "127.0.0.1:8000", "localhost", "ftp://x", "http://", "http://a:b@x", "http://x/?q=1", "http://x/#y", "http://[", "\x00"} {
		if c, err := Dial(base); err == nil || !strings.Contains(err.Error(), "(hint: ") {
			t.Errorf("%q: %v, %v", base, c, err)
		}
	}
	for _, base := range []string{"http://127.0.0.1:8000", "http://127.0.0.1:8000/"} {
		if got := dial(t, base).Base(); got != "http://127.0.0.1:8000" {
			t.Errorf("%q: %q", base, got)
		}
	}
}

func TestSettingsInEffect(t *testing.T) {
	t.Parallel()
	app := tutortest.Start(t)
	app.Settings["local_multi_agent_enabled"] = true
	app.Settings["unknown_key"] = []int{1}
	c := dial(t, app.URL+"/")
	got, err := c.Settings(t.Context())
	if want := (Settings{Provider: "ollama", LocalAI: true, Model: "tutor:v1", MultiAgent: true}); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if version, err := c.Health(t.Context()); err != nil || version != "0.2.0" {
		t.Errorf("%q, %v", version, err)
	}
}

// Each way in which there is no app at an address has words and a hint.
func TestNotTheApp(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	tests := map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"another page":   {http.NotFound, "no such page"},
		"an error":       {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "boom\x1b[31m\n::error::x", 500) }, `500 Internal Server Error: "boom\x1b[31m\n::error::x`},
		"a web page":     {func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) }, "not an answer of the tutor app"},
		"no health":      {func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("{}")) }, `reports its status as ""`},
		"unhealthy":      {func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"status": "degraded"}`)) }, `reports its status as "degraded"`},
		"a redirect":     {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/health", http.StatusFound) }, "302 Found"},
		"an endless one": {func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, maxBody+1)) }, "too large"},
		"a cut one": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("{"))
		}, "unexpected EOF"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.answer)
			defer server.Close()
			_, err := dial(t, server.URL).Evaluate(t.Context(), "")
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "(hint: ") || strings.ContainsAny(err.Error(), "\x1b\n") {
				t.Errorf("%v; want %s", err, test.want)
			}
		})
	}
	if _, err := dial(t, gone.URL).Evaluate(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "check that the app is running") {
		t.Error(err)
	}
}

// While the app makes a report it answers nothing: that is said, and the wait is bounded.
func TestBusyApp(t *testing.T) {
	t.Parallel()
	app := tutortest.Start(t)
	c := dial(t, app.URL)
	app.Do(func() {
		var version string
		err := c.get(t.Context(), 50*time.Millisecond, "health", nil, &version)
		if err == nil || !strings.Contains(err.Error(), "no answer within 50ms (hint: an app that is making a live report") {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := c.Evaluate(ctx, ""); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestAnswered(t *testing.T) {
	t.Parallel()
	const metrics = `# TYPE euclids_window_requests_total counter
euclids_window_requests_total{endpoint="/health",method="GET",status="200"} 7
euclids_window_requests_total{endpoint="/api/eval/report",method="GET",status="200"} 2
euclids_window_requests_total{method="GET",endpoint="/api/eval/report/export",status="200"} 1.0
euclids_window_requests_total{endpoint="/api/ai/tutor",method="POST",status="200"} 30
euclids_window_requests_total{endpoint="/api/eval/history",method="GET",status="200"} 400
euclids_window_request_duration_seconds{endpoint="/api/ai/tutor",method="POST",status="200",le="+Inf"} 5000
euclids_window_requests_total{endpoint="/api/ai/tutor"} 99999999999999999999999
euclids_window_requests_total{endpoint="/api/ai/tutor`
	if got := answered(metrics); got != 33 {
		t.Errorf("%d answers, want 33", got)
	}
}

func FuzzAnswered(f *testing.F) {
	f.Add(`euclids_window_requests_total{endpoint="/api/ai/tutor",method="POST",status="200"} 30`)
	f.Fuzz(func(t *testing.T, metrics string) {
		if n := answered(metrics); n != 0 && !strings.Contains(metrics, "/api/") {
			t.Errorf("%d of %q", n, metrics)
		}
	})
}
