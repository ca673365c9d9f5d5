package ollama

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ollama/ollama/api"

	"github.com/tunegate/tunegate/internal/chat"
)

// Aborted is the DoneReason of an answer that the server gave up or that was cut
// on the way.
const Aborted = "aborted"

// Ask is one question to a tag.
type Ask struct {
	Tag      string
	Messages []chat.Message
	Options  map[string]any // sent as they are; nothing is added
	Logprobs int            // alternatives per token to return, 1 to 20; 0: no logprobs
}

// Answer is what came back. Only one with Done is a whole answer; see DoneReason
// for why it ended: "stop", "length" (num_predict or the context is used up) or
// Aborted (not Done).
type Answer struct {
	Text, DoneReason          string
	Done                      bool
	InputTokens, OutputTokens int
	Duration                  time.Duration // of the server's work, without loading the model
	Logprobs                  []Logprob     // one for each token, when asked for
}

// Logprob is a token with the natural logarithm of its probability.
type Logprob struct {
	Token   string
	Logprob float64
	Top     []Logprob // the likeliest tokens at this place
}

// Chat asks a tag. The prompt is never shortened and the context never slides: a
// conversation longer than num_ctx is ErrTooLong, an answer that reaches its end
// has DoneReason "length". A server that is gone is an error, an answer that
// ends early with the server still up is not.
func (c *Client) Chat(ctx context.Context, ask Ask) (Answer, error) {
	request := chatRequest(ask.Tag, ask.Messages)
	request.Options = ask.Options
	request.Logprobs = ask.Logprobs > 0
	request.TopLogprobs = ask.Logprobs
	doing := "chat with " + ask.Tag

	var answer Answer
	var text strings.Builder
	err := c.once.Chat(ctx, request, func(part api.ChatResponse) error {
		text.WriteString(part.Message.Content)
		for _, l := range part.Logprobs {
			answer.Logprobs = append(answer.Logprobs, logprob(l))
		}
		if part.Done {
			answer.Done, answer.DoneReason = true, part.DoneReason
			answer.InputTokens, answer.OutputTokens = part.PromptEvalCount, part.EvalCount
			answer.Duration = part.TotalDuration - part.LoadDuration
		}
		return nil
	})
	answer.Text = text.String()
	switch {
	case ctx.Err() != nil:
		return answer, fmt.Errorf("ollama: %s: %w", doing, ctx.Err())
	case err != nil:
		return answer, c.explain(doing, err)
	case answer.Done:
		return answer, nil
	}
	// The API client reports a cut stream as success.
	if err := c.alive(ctx); err != nil {
		return answer, c.explain(doing+": the server went away in the middle of the answer", err)
	}
	answer.DoneReason = Aborted
	return answer, nil
}

func chatRequest(tag string, messages []chat.Message) *api.ChatRequest {
	no := false
	request := &api.ChatRequest{Model: tag, Truncate: &no, Shift: &no}
	for _, m := range messages {
		request.Messages = append(request.Messages, api.Message{Role: m.Role, Content: m.Content})
	}
	return request
}

func logprob(l api.Logprob) Logprob {
	out := Logprob{Token: l.Token, Logprob: l.Logprob}
	for _, top := range l.TopLogprobs {
		out.Top = append(out.Top, Logprob{Token: top.Token, Logprob: top.Logprob})
	}
	return out
}

// Render returns the prompt that the server makes of the messages, with the
// tag's own system prompt and template. The server loads the model for it.
func (c *Client) Render(ctx context.Context, tag string, messages []chat.Message) (string, error) {
	request := chatRequest(tag, messages)
	request.DebugRenderOnly = true
	var prompt *string
	err := c.once.Chat(ctx, request, func(part api.ChatResponse) error {
		if part.DebugInfo == nil {
			return errors.New("this server generates instead of showing the prompt")
		}
		prompt = &part.DebugInfo.RenderedTemplate
		return nil
	})
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("ollama: render for %s: %w", tag, ctx.Err())
	case err != nil:
		return "", c.explain("render for "+tag, err)
	case prompt == nil:
		return "", fmt.Errorf("ollama: render for %s: %s sent an empty answer (try again)", tag, c.base)
	}
	return *prompt, nil
}

// Unload asks the server to free the memory of a tag's model, loaded or not.
func (c *Client) Unload(ctx context.Context, tag string) error {
	request := &api.ChatRequest{Model: tag, KeepAlive: &api.Duration{}}
	err := c.once.Chat(ctx, request, func(api.ChatResponse) error { return nil })
	return c.explain("unload "+tag, err)
}
