// Package tutortest is a tutor app for tests. It has the endpoints that tunegate asks,
// and the traps of the real one: silent fallback, answers kept for any model, a report
// that blocks everything else.
package tutortest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// App is the fake. Change its fields before the first request or under Do.
type App struct {
	URL      string
	Settings map[string]any
	// Model answers a prompt with a pass rate, after a while; not ok: it is
	// missing, empty or can't be reached.
	Model func(prompt string) (rate float64, took time.Duration, ok bool)
	// History are the labels of the reports that were kept.
	History []string

	one      sync.Mutex // the app's event loop
	kept     map[string]float64
	requests map[string]int
}

// Prompts are what the fake asks its model.
func Prompts() []string {
	var prompts []string
	for i := range 12 {
		prompts = append(prompts, fmt.Sprintf("Explain topic %d", i+1))
	}
	return prompts
}

// Start serves an app until the test ends. Its model gives every answer a pass
// rate of 0.5.
func Start(t testing.TB) *App {
	a := &App{
		Settings: map[string]any{
			"llm_provider": "ollama", "local_ai_enabled": true, "local_llm_model": "tutor:v1", "local_web_rag_enabled": false,
			"local_multi_agent_enabled": false, "fast_mode_enabled": false, "cloud_llm_model": nil,
		},
		Model:    func(string) (float64, time.Duration, bool) { return 0.5, time.Millisecond, true },
		kept:     map[string]float64{},
		requests: map[string]int{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", a.in(func(*http.Request) (int, any) {
		return http.StatusOK, map[string]string{"status": "healthy", "version": "0.2.0"}
	}))
	mux.HandleFunc("GET /api/settings", a.in(func(*http.Request) (int, any) { return http.StatusOK, a.Settings }))
	mux.HandleFunc("GET /api/eval/report", a.in(a.report))
	mux.HandleFunc("GET /metrics", a.metrics)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	a.URL = server.URL
	return a
}

// Do changes the app between requests.
func (a *App) Do(change func()) {
	a.one.Lock()
	defer a.one.Unlock()
	change()
}

// in answers one request at a time, and to the end when the client is gone.
func (a *App) in(answer func(*http.Request) (int, any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a.one.Lock()
		defer a.one.Unlock()
		status, body := answer(r)
		a.requests[r.URL.Path]++
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(body)
	}
}

func (a *App) metrics(w http.ResponseWriter, _ *http.Request) {
	a.one.Lock()
	defer a.one.Unlock()
	for path, n := range a.requests {
		fmt.Fprintf(w, "# TYPE euclids_window_requests_total counter\neuclids_window_requests_total{endpoint=%q,method=\"GET\",status=\"200\"} %d\n", path, n)
		fmt.Fprintf(w, "euclids_window_request_duration_seconds{endpoint=%q,method=\"GET\",status=\"200\",le=\"+Inf\"} %d\n", path, n)
	}
}

type result struct {
	Prompt           string  `json:"prompt"`
	DurationMS       int64   `json:"duration_ms"`
	HasVisualization bool    `json:"has_visualization"`
	ChecksPassRate   float64 `json:"checks_pass_rate"`
	WarningCount     int     `json:"warning_count"`
	Source           string  `json:"source"`
	TimedOut         bool    `json:"timed_out"`
	Error            *string `json:"error"`
}

// catalogRate is what the app's own text gets.
const catalogRate = 0.6986

func (a *App) report(r *http.Request) (int, any) {
	query := r.URL.Query()
	limit, err := strconv.Atoi(cmp.Or(query.Get("per_prompt_timeout_ms"), "2500"))
	if err != nil || limit < 200 || limit > 30_000 {
		return http.StatusUnprocessableEntity, map[string]any{"detail": []map[string]string{{"msg": "Input should be less than or equal to 30000"}}}
	}
	live := query.Get("live") == "true"
	mode := map[bool]string{true: "live", false: "catalog"}[live]
	var results []result
	var sum float64
	timeouts := 0
	for _, prompt := range Prompts() {
		one := result{Prompt: prompt, ChecksPassRate: catalogRate, Source: "catalog"}
		if live {
			one = a.ask(prompt, time.Duration(limit)*time.Millisecond)
		}
		if one.TimedOut {
			timeouts++
		}
		sum += one.ChecksPassRate
		results = append(results, one)
	}
	label := query.Get("run_label")
	if query.Get("persist") != "false" {
		a.History = append(a.History, label)
	}
	return http.StatusOK, map[string]any{
		"total_prompts": len(results), "avg_duration_ms": 1, "visualization_coverage": 0.0, "avg_checks_pass_rate": sum / float64(len(results)), "mode": mode,
		"run_label": label, "run_tags": slices.DeleteFunc(strings.Split(query.Get("run_tags"), ","), func(tag string) bool { return tag == "" }),
		"timeout_count": timeouts, "error_count": 0, "latency_histogram": map[string]int{"lt_500ms": len(results)}, "results": results,
	}
}

// ask takes a kept answer of whatever model, else the model's, else the app's own.
func (a *App) ask(prompt string, limit time.Duration) result {
	if rate, kept := a.kept[prompt]; kept {
		return result{Prompt: prompt, ChecksPassRate: rate, Source: "live"}
	}
	var rate float64
	var took time.Duration
	ok := false
	if a.Settings["local_ai_enabled"] == true {
		rate, took, ok = a.Model(prompt)
	}
	if !ok {
		return result{Prompt: prompt, ChecksPassRate: catalogRate, Source: "fallback"}
	}
	a.kept[prompt] = rate
	if took > limit {
		return result{Prompt: prompt, DurationMS: limit.Milliseconds(), ChecksPassRate: catalogRate, Source: "fallback", TimedOut: true}
	}
	if a.Settings["local_multi_agent_enabled"] == true {
		rate = max(rate, 0.66)
	}
	return result{Prompt: prompt, DurationMS: took.Milliseconds(), ChecksPassRate: rate, Source: "live"}
}
