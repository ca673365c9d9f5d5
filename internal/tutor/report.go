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
	// promptTimeout is each prompt's timeout: the most that the app accepts.
	promptTimeout = 30 * time.Second
	// reportTimeout is for all twelve, and as long again for the app's other work.
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

// The other states of a prompt, see Result.State.
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

// State is a prompt's result: its source, or why an answer reported as live is
// not an answer of the model: it was cut, failed, or passes no check at all, like one
// that Ollama aborted: the app accepts `"done": false` as an answer.
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
// and those without a valid live answer, which count against the model. Of answers
// that the app counts as cut or failed and does not name, it takes the best ones for them.
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

// Unnamed is how many more answers the app counts as cut or failed than it names. It
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
// answers nothing else; it continues after ctx ends. With a label the app keeps the
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
		return Report{}, fmt.Errorf("%s/%s: %d results of %d prompts in mode %.40q instead of a live report (hint: check the tutor app's address)",
			c.Base(), path, len(report.Results), report.Prompts, report.Mode)
	}
	for i, result := range report.Results {
		if !slices.Contains([]string{live, fallback, catalog}, result.Source) {
			report.Results[i].Source = unknown
		}
	}
	return report, nil
}
