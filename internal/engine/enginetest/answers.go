package enginetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
)

// renders: the engine reads what the trainer rendered, byte by byte. A system
// message in the conversation replaces the tag's.
func (c *check) renders(t *testing.T) {
	earlier := []chat.Turn{{User: "  First,\n\ttab & <b>?", Assistant: "{{ .System }} \"4\" "}}
	for name, test := range map[string]struct{ asked, want []chat.Message }{
		"one turn":       {chat.Chat("", nil, "hi"), chat.Chat("Be kind.", nil, "hi")},
		"two turns":      {chat.Chat("", earlier, "Second\n"), chat.Chat("Be kind.", earlier, "Second\n")},
		"its own system": {chat.Chat("Be brief.", nil, "hi"), chat.Chat("Be brief.", nil, "hi")},
	} {
		got, err := c.Render(t.Context(), c.tag, test.asked)
		if want := rendered(test.want); err != nil || got != want {
			t.Errorf("%s: %q, %v\nwant %q", name, got, err, want)
		}
	}
}

// counts: the prompt has as many tokens as for the trainer, also where a part of it
// was read for an earlier question.
func (c *check) counts(t *testing.T) {
	earlier := []chat.Turn{{User: "What is 3 + 4?", Assistant: "7"}}
	for _, messages := range [][]chat.Message{
		chat.Chat("", nil, "What is 3 + 4?"), chat.Chat("", earlier, "And 8?"), chat.Chat("", earlier, "And 8?"),
	} {
		ask := question(c.tag)
		ask.Messages = messages
		prompt, err := c.Render(t.Context(), c.tag, messages)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := c.answer(t, ask).InputTokens, gguftest.Tokens(prompt); got != want {
			t.Errorf("%d tokens in %q, not %d", got, prompt, want)
		}
	}
}

// repeats: the same seed gives the same answer, even after the model is reloaded.
func (c *check) repeats(t *testing.T) {
	first := c.answer(t, question(c.tag))
	if again := c.answer(t, question(c.tag)); again.Text != first.Text {
		t.Errorf("%q, then %q", first.Text, again.Text)
	}
	if other := c.answer(t, with(question(c.tag), "seed", 2)); other.Text == first.Text {
		t.Errorf("another seed gives %q too", other.Text)
	}
	if err := c.Unload(t.Context(), c.tag); err != nil {
		t.Fatal(err)
	}
	if again := c.answer(t, question(c.tag)); again.Text != first.Text {
		t.Errorf("%q, loaded anew %q", first.Text, again.Text)
	}
}

func (c *check) atOnce(t *testing.T) {
	want := c.answer(t, question(c.tag)).Text
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			if got, err := c.Chat(t.Context(), question(c.tag)); err != nil || got.Text != want {
				t.Errorf("%q, %v, want %q", got.Text, err, want)
			}
		})
	}
	group.Wait()
}

// parameters: those of the tag hold, and the question's options stand above them.
func (c *check) parameters(t *testing.T) {
	whole := c.answer(t, question(c.tag)).Text
	end := whole[len(whole)/2:][:1]
	d := c.define("conform:parameters")
	d.Parameters = map[string]any{"stop": []any{end}, "seed": 7.0}
	c.add(t, d)
	before, _, _ := strings.Cut(whole, end)
	if got := c.answer(t, question(d.Tag)); got.Text != before || got.DoneReason != engine.Stop {
		t.Errorf("%q (%s), want %q up to its stop %q", got.Text, got.DoneReason, before, end)
	}
}

func (c *check) tooLong(t *testing.T) {
	ask := question(c.tag)
	ask.Messages = chat.Chat("", nil, strings.Repeat("3 + 4, ", 40))
	if got, err := c.Chat(t.Context(), ask); !errors.Is(err, engine.ErrTooLong) {
		t.Errorf("%+v, %v", got, err)
	}
}

// length: an answer ends where num_predict or the context does.
func (c *check) length(t *testing.T) {
	if got := c.answer(t, question(c.tag)); got.OutputTokens != 8 || got.DoneReason != engine.Length || got.Duration <= 0 {
		t.Errorf("num_predict 8: %+v", got)
	}
	got := c.answer(t, with(with(question(c.tag), "num_predict", 400), "num_ctx", 200))
	if all := got.InputTokens + got.OutputTokens; all > 201 || all < 199 || got.DoneReason != engine.Length {
		t.Errorf("num_ctx 200: %d + %d tokens, %s", got.InputTokens, got.OutputTokens, got.DoneReason)
	}
}

func (c *check) logprobs(t *testing.T) {
	ask := with(question(c.tag), "temperature", 0.0)
	ask.Logprobs = 3
	got := c.answer(t, ask)
	if len(got.Logprobs) != got.OutputTokens {
		t.Fatalf("%d tokens, %d with logprobs", got.OutputTokens, len(got.Logprobs))
	}
	var text strings.Builder
	for _, each := range got.Logprobs {
		text.WriteString(each.Token)
		if len(each.Top) != 3 || each.Top[0].Token != each.Token || each.Logprob > 0 || each.Top[1].Logprob > each.Logprob {
			t.Errorf("%+v", each)
		}
	}
	if text.String() != got.Text {
		t.Errorf("the tokens are %q, the answer %q", text.String(), got.Text)
	}
}

// memory: a model is loaded by a question, whatever the tag, until it is unloaded.
func (c *check) memory(t *testing.T) {
	d := c.define("conform:memory")
	d.GGUF = c.second.digest
	c.add(t, d)
	for _, want := range []bool{true, false} {
		if want {
			c.answer(t, question(d.Tag))
		} else if err := c.Unload(t.Context(), d.Tag); err != nil {
			t.Fatal(err)
		}
		c.awaitLoaded(t, want)
	}
	if err := c.Unload(t.Context(), d.Tag); err != nil {
		t.Errorf("not loaded: %v", err)
	}
}

// awaitLoaded waits until an engine, which may take a moment, has the second
// weights in memory or has not.
func (c *check) awaitLoaded(t *testing.T, want bool) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		loaded, err := c.Loaded(t.Context(), c.second.digest)
		if err != nil {
			t.Fatal(err)
		}
		if loaded == want {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("loaded: %v", loaded)
		}
	}
}

func (c *check) cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Chat(ctx, question(c.tag)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	c.answer(t, question(c.tag))
}
