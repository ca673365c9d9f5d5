package tutor

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/tutor/tutortest"
)

// has says that one of the caveats holds the words, and the opposite.
func has(t *testing.T, e Evaluation, words string, want bool) {
	t.Helper()
	if got := slices.ContainsFunc(e.Caveats, func(c string) bool { return strings.Contains(c, words) }); got != want {
		t.Errorf("%q is said: %t, want %t: %q", words, got, want, e.Caveats)
	}
}

func evaluate(t *testing.T, app *tutortest.App, label string) Evaluation {
	t.Helper()
	e, err := dial(t, app.URL).Evaluate(t.Context(), label)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEvaluation(t *testing.T) {
	t.Parallel()
	app := tutortest.Start(t)
	e := evaluate(t, app, "")
	if e.Live != 12 || e.LiveRate == nil || *e.LiveRate != 0.5 || e.Report.ChecksPassRate != 0.5 || e.Report.Mode != "live" || *e.Answered != 0 {
		t.Errorf("%+v", e)
	}
	if len(app.History) != 0 {
		t.Errorf("the app kept %q", app.History)
	}
	has(t, e, "0.7778", true)
	has(t, e, "0.125", true)
	for _, words := range []string{"own text", "cut after", "error", "has answered", "multi-agent", "fast mode", "local AI", "provider", "labels"} {
		has(t, e, words, false)
	}
}

// The app counts its own text as a success; only the source tells.
func TestSilentFallback(t *testing.T) {
	t.Parallel()
	app := tutortest.Start(t)
	app.Model = func(prompt string) (float64, time.Duration, bool) { return 0.5, 0, strings.HasSuffix(prompt, "1") }
	e := evaluate(t, app, "")
	if e.Live != 2 || *e.LiveRate != 0.5 || e.Report.Errors != 0 || math.Abs(e.Report.ChecksPassRate-0.6655) > 1e-3 {
		t.Errorf("%+v", e)
	}
	has(t, e, "10 of 12 answers are the app's own text", true)

	fresh := tutortest.Start(t)
	fresh.Model = func(string) (float64, time.Duration, bool) { return 0, 0, false }
	e = evaluate(t, fresh, "")
	if e.Live != 0 || e.LiveRate != nil {
		t.Errorf("%+v", e)
	}
	has(t, e, "12 of 12", true)
	has(t, e, "LOCAL_AI_ENABLED=false overrides them", true)
	fresh.Do(func() { fresh.Settings["local_ai_enabled"] = false })
	has(t, evaluate(t, fresh, ""), "local AI is switched off", true)
}

// Another model's kept answers come back as live: nothing but the count of
// earlier requests shows it.
func TestKeptAnswers(t *testing.T) {
	t.Parallel()
	app := tutortest.Start(t)
	app.Model = func(string) (float64, time.Duration, bool) { return 0.7, time.Minute, true }
	first := evaluate(t, app, "")
	if first.Live != 0 || first.Report.Timeouts != 12 {
		t.Errorf("%+v", first)
	}
	has(t, first, "cut after 30s: 12 prompts", true)
	app.Do(func() {
		app.Settings["local_llm_model"] = "tutor:v2"
		app.Model = func(string) (float64, time.Duration, bool) { return 0, 0, false }
	})
	second := evaluate(t, app, "")
	if second.Live != 12 || math.Abs(*second.LiveRate-0.7) > 1e-9 || *second.Answered != 1 {
		t.Errorf("%+v", second)
	}
	has(t, second, "has answered before (requests: 1)", true)
	has(t, second, "own text", false)
}

func TestSettingsThatMislead(t *testing.T) {
	t.Parallel()
	app := tutortest.Start(t)
	app.Settings["local_multi_agent_enabled"] = true
	app.Settings["fast_mode_enabled"] = true
	app.Settings["llm_provider"] = "anthropic\x1b"
	app.Model = func(string) (float64, time.Duration, bool) { return 0.1, 0, true }
	e := evaluate(t, app, "v1")
	if math.Abs(*e.LiveRate-0.66) > 1e-9 {
		t.Errorf("%+v", e)
	}
	has(t, e, "multi-agent is on", true)
	has(t, e, "0.125", false)
	has(t, e, "fast mode is on", true)
	has(t, e, `the provider is "anthropic\x1b"`, true)
	has(t, e, `keeps this report as "v1"`, true)
	if !slices.Equal(app.History, []string{"v1"}) {
		t.Errorf("the app kept %q", app.History)
	}
}

// What is not a live report is none.
func TestReportsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"mode": "live", "total_prompts": 0, "results": []}`, `{"mode": "catalog", "total_prompts": 1, "results": [{"source": "catalog"}]}`, `{"mode": "live", "total_prompts": 2, "results": [{}]}`, `[]`, `{"mode": "live", "total_prompts": "1"}`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) }))
		if r, err := dial(t, server.URL).Report(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "(hint: ") {
			t.Errorf("%s: %+v, %v", body, r, err)
		}
		server.Close()
	}
}

// A source that the app has only since is not the model.
func TestUnknownSource(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`{"mode": "live", "total_prompts": 1, "results": [{"source": "\n::error::x", "checks_pass_rate": 1}]}`))
	}))
	defer server.Close()
	r, err := dial(t, server.URL).Report(t.Context(), "")
	if _, n := r.Live(); err != nil || n != 0 || r.Results[0].Source != unknown {
		t.Errorf("%+v, %v", r, err)
	}
}

// Without metrics it is unknown what the app has kept, and said.
func TestUnknownPast(t *testing.T) {
	t.Parallel()
	app := tutortest.Start(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/metrics" {
			http.NotFound(w, r)
			return
		}
		response, err := http.Get(app.URL + r.URL.String())
		if err != nil {
			t.Error(err)
			return
		}
		defer response.Body.Close()
		var body any
		if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		json.NewEncoder(w).Encode(body)
	}))
	defer server.Close()
	e, err := dial(t, server.URL).Evaluate(t.Context(), "")
	if err != nil || e.Answered != nil {
		t.Fatalf("%+v, %v", e, err)
	}
	has(t, e, "it is unknown whether the app has answered before", true)
}

// TestAbortedAnswers: what was cut, broke or is empty is no answer, whatever source the
// app names; a report that is cut on its way is none.
func TestAbortedAnswers(t *testing.T) {
	t.Parallel()
	report := Report{Results: []Result{
		{Source: live, ChecksPassRate: .6}, {Source: live, ChecksPassRate: .6, TimedOut: true}, {Source: live, ChecksPassRate: .6, Error: "incomplete chunked read"},
		{Source: live}, {Source: fallback, ChecksPassRate: .7}, {Source: live, ChecksPassRate: .3},
	}}
	var states []string
	for _, r := range report.Results {
		states = append(states, r.State())
	}
	if want := "live cut error empty fallback live"; strings.Join(states, " ") != want {
		t.Errorf("%q, want %s", states, want)
	}
	if rate, n := report.Live(); n != 2 || math.Abs(rate-.3) > 1e-9 {
		t.Errorf("%g over %d", rate, n)
	}

	// What the app counts and does not name may be any of them, so the best.
	for counted, want := range map[[2]int]string{{1, 1}: "2 0.3", {1, 2}: "2 0.3", {2, 2}: "1 0.1", {1, 3}: "1 0.1", {9, 9}: "0 0.0"} {
		report.Timeouts, report.Errors = counted[0], counted[1]
		if rate, n := report.Live(); fmt.Sprintf("%d %.1f", n, rate) != want {
			t.Errorf("%d timeouts, %d errors: %g over %d, want %s", counted[0], counted[1], rate, n, want)
		}
	}

	app := tutortest.Start(t)
	has(t, evaluate(t, app, ""), "so at most 12 are complete (hint: ", true)
	app = tutortest.Start(t)
	app.Model = func(string) (float64, time.Duration, bool) { return 0, time.Millisecond, true }
	e := evaluate(t, app, "")
	if e.Live != 0 || e.LiveRate != nil {
		t.Errorf("%+v", e)
	}
	has(t, e, "12 answers that the app calls live passed no check at all", true)

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`{"mode": "live", "total_prompts": 1, "results": [{"source": "live", "checks_pass_rate": 1}]}`))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	if r, err := dial(t, server.URL).Report(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "(hint: ") {
		t.Errorf("a cut report: %+v, %v", r, err)
	}
}
