package llamacpp

import (
	"context"
	"fmt"
	"time"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
)

// Render returns the prompt that Chat sends.
func (e *Engine) Render(_ context.Context, tag string, messages []chat.Message) (string, error) {
	d, err := e.read("render for", tag)
	if err != nil {
		return "", err
	}
	prompt, err := render(d, messages)
	if err != nil {
		return "", fmt.Errorf("llamacpp: render for %s: %w", tag, err)
	}
	return prompt, nil
}

// Chat sends the request to the server of the tag's GGUF, and starts one if none runs
// with the request's context and threads.
func (e *Engine) Chat(ctx context.Context, ask engine.Ask) (engine.Answer, error) {
	d, err := e.read("chat with", ask.Tag)
	if err != nil {
		return engine.Answer{}, err
	}
	prompt, err := e.Render(ctx, ask.Tag, ask.Messages)
	if err != nil {
		return engine.Answer{}, err
	}
	s, err := merge(d.Parameters, ask.Options)
	if err != nil {
		return engine.Answer{}, fmt.Errorf("llamacpp: chat with %s: %w", ask.Tag, err)
	}
	s.request["n_probs"] = ask.Logprobs
	give, err := e.take(ctx)
	if err != nil {
		return engine.Answer{}, err
	}
	defer give()
	answer, err := e.ask(ctx, d.GGUF, s, prompt)
	if err != nil {
		return engine.Answer{}, fmt.Errorf("llamacpp: chat with %s: %w", ask.Tag, err)
	}
	return answer, nil
}

func (e *Engine) ask(ctx context.Context, gguf string, s settings, prompt string) (engine.Answer, error) {
	server, err := e.serve(ctx, gguf, s.load)
	if err != nil {
		return engine.Answer{}, err
	}
	var counted struct {
		Tokens []int `json:"tokens"`
	}
	err = server.ask(ctx, "tokenize", map[string]any{"content": prompt, "add_special": true, "parse_special": true}, &counted)
	if err != nil {
		return engine.Answer{}, err
	}
	room := s.load.context - len(counted.Tokens)
	if room <= 0 {
		return engine.Answer{}, fmt.Errorf("%w: %d tokens, num_ctx is %d (hint: raise num_ctx or shorten the conversation)", engine.ErrTooLong, len(counted.Tokens), s.load.context)
	}
	if s.predict < 1 || s.predict > room {
		s.predict = room
	}
	s.request["prompt"], s.request["n_predict"] = prompt, s.predict
	s.request["cache_prompt"] = false // earlier requests must not change an answer
	var c completion
	if err := server.ask(ctx, "completion", s.request, &c); err != nil {
		return engine.Answer{}, err
	}
	return c.answer(), nil
}

// completion is llama-server's answer.
type completion struct {
	Content  string `json:"content"`
	StopType string `json:"stop_type"`
	Input    int    `json:"tokens_evaluated"`
	Output   int    `json:"tokens_predicted"`
	Timings  struct {
		PromptMS  float64 `json:"prompt_ms"`
		PredictMS float64 `json:"predicted_ms"`
	} `json:"timings"`
	Probabilities []probability `json:"completion_probabilities"`
}

type probability struct {
	Token   string        `json:"token"`
	Logprob float64       `json:"logprob"`
	Top     []probability `json:"top_logprobs"`
}

func (c completion) answer() engine.Answer {
	a := engine.Answer{
		Text: c.Content, Done: true, InputTokens: c.Input, OutputTokens: c.Output,
		Duration: time.Duration((c.Timings.PromptMS + c.Timings.PredictMS) * float64(time.Millisecond)),
	}
	switch c.StopType {
	case "eos", "word":
		a.DoneReason = engine.Stop
	case "limit":
		a.DoneReason = engine.Length
	default:
		a.Done, a.DoneReason = false, engine.Aborted
	}
	for _, p := range c.Probabilities {
		a.Logprobs = append(a.Logprobs, p.logprob())
	}
	return a
}

func (p probability) logprob() engine.Logprob {
	l := engine.Logprob{Token: p.Token, Logprob: p.Logprob}
	for _, top := range p.Top {
		l.Top = append(l.Top, top.logprob())
	}
	return l
}
