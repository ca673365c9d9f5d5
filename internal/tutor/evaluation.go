package tutor

import (
	"context"
	"fmt"

	"github.com/tunegate/tunegate/internal/text"
)

// Evaluation is a live report with what is known about the app that made it.
type Evaluation struct {
	App      string   `json:"app"`
	Version  string   `json:"version"`
	Settings Settings `json:"settings"`
	Answered *int     `json:"answered"`  // before; nil: unknown
	LiveRate *float64 `json:"live_rate"` // of the checks, see Report.Live; nil: there is no live answer
	Live     int      `json:"live"`      // answers of the model, of which nothing says that they are none
	Report   Report   `json:"report"`
	Caveats  []string `json:"caveats"`
}

// Evaluate asks whether the app is healthy, what it is set to, and for a report.
func (c *Client) Evaluate(ctx context.Context, label string) (Evaluation, error) {
	e := Evaluation{App: c.Base()}
	var err error
	if e.Version, err = c.Health(ctx); err != nil {
		return Evaluation{}, err
	}
	if e.Settings, err = c.Settings(ctx); err != nil {
		return Evaluation{}, err
	}
	if n, err := c.Answered(ctx); err == nil {
		e.Answered = &n
	}
	if e.Report, err = c.Report(ctx, label); err != nil {
		return Evaluation{}, err
	}
	rate, n := e.Report.Live()
	if e.Live = n; n > 0 {
		e.LiveRate = &rate
	}
	e.Caveats = e.caveats(label)
	return e, nil
}

// caveats are the reasons why the metrics may mislead, the
// most serious first. The numbers in them were measured with the app's own checks.
func (e Evaluation) caveats(label string) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	s, r := e.Settings, e.Report

	count := func(is func(Result) bool) (n int) {
		for _, result := range r.Results {
			if is(result) {
				n++
			}
		}
		return n
	}
	if n := count(func(r Result) bool { return r.Source != live }); n > 0 {
		add("%d of %d answers are the app's own text, not the model's, and say nothing about it; the app counts them as good (hint: check that Ollama has the model and answers in time)", n, r.Prompts)
	}
	if n := count(func(r Result) bool { return r.TimedOut }); n > 0 {
		add("cut after %s: %s; the app keeps a late answer and may show it as live in the next report", promptTimeout, text.Count(n, "prompt"))
	}
	if n := count(func(r Result) bool { return r.State() == empty }); n > 0 {
		add("%s that the app calls live passed no check at all, like an answer that Ollama aborted, and counts as failed (hint: check the server's log)", text.Count(n, "answer"))
	}
	if n := count(func(r Result) bool { return r.Error != "" }); n > 0 {
		add("%s ended in an error (hint: check the app's log)", text.Count(n, "prompt"))
	}
	if n := r.Unnamed(); n > 0 {
		add("the app counts %d more timeouts or errors than it attributes to answers: as many live answers, the best ones, count as failed", n)
	}
	if e.Live > 0 {
		add("the report does not say how an answer ended: one that Ollama aborted or cut counts as live if its partial text passes a check, so at most %d are complete (hint: check the server's log for aborted requests)", e.Live)
	}
	switch {
	case !s.LocalAI:
		add("local AI is switched off: no local model is asked (hint: set LOCAL_AI_ENABLED=true, or switch it on in the app's settings)")
	case s.Provider != "" && s.Provider != "ollama":
		add("the provider is %.60q, so these are not answers from Ollama's %.100q", s.Provider, s.Model)
	case e.Live == 0:
		add("local AI may be off despite the settings: LOCAL_AI_ENABLED=false overrides them and is not shown")
	}
	if s.FastMode {
		add("fast mode is on: it may ask a small model instead of %.100q (hint: switch it off)", s.Model)
	}
	switch {
	case e.Answered == nil:
		add("it is unknown whether the app has answered before: it caches answers, whatever model gave them, and shows them as live (hint: start a fresh process for each model)")
	case *e.Answered > 0:
		add("this process of the app has answered before (requests: %d): it caches answers, whatever model gave them, and shows them as live (hint: start a fresh process for each model)", *e.Answered)
	}
	if s.MultiAgent {
		add("multi-agent is on, so the app's own headings are checked too: meaningless text scores 0.66 to 0.71, and repeated reports on one model differ by 0.02 (hint: switch it off to measure the model)")
	} else {
		add("repeated reports on one model differ by up to 0.125, so a drop below 0.15 proves nothing")
	}
	add("the checks see only surface features (length, a maths sign, the word \"example\"), not correctness. The maximum is 0.7778, which a constant meaningless text reaches; the app's catalog scores 0.6986")
	if label != "" {
		add("the app keeps this report as %.100q; labels are not unique, and its history does not show which answers are the model's", label)
	}
	return all
}
