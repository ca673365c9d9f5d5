package ollama

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ollama/ollama/api"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
)

// Chat sends a request to a tag, see [engine.Chatter].
func (c *Client) Chat(ctx context.Context, ask engine.Ask) (engine.Answer, error) {
	request := chatRequest(ask.Tag, ask.Messages)
	request.Options = ask.Options
	request.Logprobs = ask.Logprobs > 0
	request.TopLogprobs = ask.Logprobs
	doing := "chat with " + ask.Tag

	var answer engine.Answer
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
	// The API client reports a truncated stream as success.
	if err := c.alive(ctx); err != nil {
		return answer, c.explain(doing+": the server disconnected in the middle of the answer", err)
	}
	answer.DoneReason = engine.Aborted
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

func logprob(l api.Logprob) engine.Logprob {
	out := engine.Logprob{Token: l.Token, Logprob: l.Logprob}
	for _, top := range l.TopLogprobs {
		out.Top = append(out.Top, engine.Logprob{Token: top.Token, Logprob: top.Logprob})
	}
	return out
}

// Render returns the server's prompt for the messages, with the tag's own system prompt
// and template. The server loads the model for it.
func (c *Client) Render(ctx context.Context, tag string, messages []chat.Message) (string, error) {
	request := chatRequest(tag, messages)
	request.DebugRenderOnly = true
	var prompt *string
	err := c.once.Chat(ctx, request, func(part api.ChatResponse) error {
		if part.DebugInfo == nil {
			return errors.New("this server generates an answer instead of returning the prompt")
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
		return "", fmt.Errorf("ollama: render for %s: %s sent an empty answer (hint: try again)", tag, c.base)
	}
	return *prompt, nil
}

// Unload makes the server free the memory of a tag's model, loaded or not.
func (c *Client) Unload(ctx context.Context, tag string) error {
	request := &api.ChatRequest{Model: tag, KeepAlive: &api.Duration{}}
	err := c.once.Chat(ctx, request, func(api.ChatResponse) error { return nil })
	return c.explain("unload "+tag, err)
}
