package register

import (
	"context"
	"fmt"

	"github.com/tunegate/tunegate/internal/engine"
)

// CountTokens compares the server's token counts of prompts, from answers of one token,
// with the trainer's tokenizer. The prompts must fit a context of NumCtx tokens.
func CountTokens(ctx context.Context, server engine.Chatter, tag string, prompts []Rendered, numCtx int) error {
	for _, prompt := range prompts {
		reply, err := server.Chat(ctx, engine.Ask{
			Tag: tag, Messages: withoutSystem(prompt.Messages),
			Options: map[string]any{"num_predict": 1, "seed": 1, "num_ctx": numCtx},
		})
		if err != nil {
			return fmt.Errorf("%s: %w", prompt.Name, err)
		}
		if !reply.Done {
			return &Error{Name: "register/chat", Message: fmt.Sprintf("%s does not answer %s", tag, prompt.Name), Hint: "see the server's log in the run's folder"}
		}
		if err := prompt.Counted(reply.InputTokens); err != nil {
			return err
		}
	}
	return nil
}

// OtherTokens names the failure of a prompt with a different token count.
const OtherTokens = "register/tokens"

// Counted compares the server's count of a prompt's tokens with the trainer's.
func (r Rendered) Counted(tokens int) error {
	if tokens == r.Tokens {
		return nil
	}
	return &Error{
		Name:    OtherTokens,
		Message: fmt.Sprintf("the server counts %d tokens in the prompt of %s, the trainer's tokenizer %d", tokens, r.Name, r.Tokens),
		Hint:    "the GGUF's tokenizer differs from the base's: rebuild the base GGUF with `tunegate setup`",
	}
}
