package tutor

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"
)

const (
	// promptTimeout is what each prompt gets: the most that the app takes.
	promptTimeout = 30 * time.Second
	// reportTimeout is for all twelve, and as long again for what the app does besides.
	reportTimeout = 12 * 2 * promptTimeout
)

// The sources of an answer: the model, the app's text in its place, the app's
// text because no model was to be asked, or something that the app did not say.
const (
	live     = "live"
	fallback = "fallback"
	catalog  = "catalog"
	unknown  = "unknown"
)

// What else a prompt can come to, see Result.State.
const (
	cut   = "cut"
	broke = "error"
	empty = "empty"
)

// Report is the app's live evaluation: fixed prompts, asked one after the other.
type Report struct {
	Mode                  string   `json:"mode"`
	Label                 string   `json:"run_label"`
	Prompts               int      `json:"total_prompts"`
	DurationMS            float64  `json:"avg_duration_ms"`
	ChecksPassRate        float64  `json:"avg_checks_pass_rate"` // 0..1, over all sources
	VisualizationCoverage float64  `json:"visualization_coverage"`
	Timeouts              int      `json:"timeout_count"`
	Errors                int      `json:"error_count"`
	Results               []Result `json:"results"`
}

// Result is one prompt of a report. Only the source tells whether a model was
// asked: a fallback has no error.
type Result struct {
	Prompt         string  `json:"prompt"`
	Source         string  `json:"source"` // live, fallback, catalog or unknown
	DurationMS     float64 `json:"duration_ms"`
	ChecksPassRate float64 `json:"checks_pass_rate"` // 0..1
	TimedOut       bool    `json:"timed_out"`
	Error          string  `json:"error"`
}

// State says what became of a prompt: its source, or why what is called live there is
// no answer of the model: it was cut, broke, or has nothing that any check sees, as one
// has that Ollama aborted: the app takes `"done": false` for an answer.
func (r Result) State() string {
	switch {
	case r.TimedOut:
		return cut
	case r.Error != "":
		return broke
	case r.Source == live && r.ChecksPassRate <= 0:
		return empty
	}
	return r.Source
}

// Live counts the prompts that were answered live, and gives the pass rate over them
// and those whose live answer is none, which the model has to answer for. Of answers
// that the app counts as cut or broken and does not name, it takes the best for them.
func (r Report) Live() (rate float64, n int) {
	var rates []float64
	asked := 0
	for _, result := range r.Results {
		switch result.State() {
		case live:
			rates = append(rates, result.ChecksPassRate)
			asked++
		case empty:
			asked++
		}
	}
	slices.Sort(rates)
	rates = rates[:max(0, len(rates)-r.Unnamed())]
	for _, passed := range rates {
		rate += passed
	}
	return rate / float64(max(1, asked)), len(rates)
}

// Unnamed is how many more answers the app counts as cut or broken than it names. It
// may count one that was cut as an error, too.
func (r Report) Unnamed() int {
	timedOut, failed := 0, 0
	for _, result := range r.Results {
		if result.TimedOut {
			timedOut++
		}
		if result.TimedOut || result.Error != "" {
			failed++
		}
	}
	return max(0, r.Timeouts-timedOut, r.Errors-failed)
}

// Report makes the app evaluate its model, which takes minutes in which it
// answers nothing else; it goes on when ctx ends. With a label the app keeps the
// report in its history under it, without one not at all.
func (c *Client) Report(ctx context.Context, label string) (Report, error) {
	query := url.Values{
		"live":                  {"true"},
		"per_prompt_timeout_ms": {strconv.FormatInt(promptTimeout.Milliseconds(), 10)},
		"persist":               {strconv.FormatBool(label != "")},
	}
	if label != "" {
		query.Set("run_label", label)
		query.Set("run_tags", "tunegate")
	}
	const path = "api/eval/report"
	var report Report
	if err := c.get(ctx, reportTimeout, path, query, &report); err != nil {
		return Report{}, err
	}
	if report.Mode != live || len(report.Results) == 0 || len(report.Results) != report.Prompts {
		return Report{}, fmt.Errorf("%s/%s: %d results of %d prompts in mode %.40q, where a live report is expected (hint: is this the tutor app's address?)",
			c.Base(), path, len(report.Results), report.Prompts, report.Mode)
	}
	for i, result := range report.Results {
		if !slices.Contains([]string{live, fallback, catalog}, result.Source) {
			report.Results[i].Source = unknown
		}
	}
	return report, nil
}
