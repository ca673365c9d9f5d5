// Package register creates the served tag and proves it: the server must serve the
// exported bytes, render prompts like the trainer, and answer. Only then does the tag
// get a model_id.
package register

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
)

// Serve is how a model is served; it becomes the tag's Modelfile.
type Serve struct {
	Template   string         `json:"template"` // in Ollama's language
	System     string         `json:"system"`
	Parameters map[string]any `json:"parameters"`
	License    string         `json:"license"`
}

// Candidate is a GGUF file and its future tag.
type Candidate struct {
	Tag    string
	Path   string
	Digest string // sha256 of the file, lower-case hexadecimal
	Serve  Serve
}

// Rendered is a conversation and its rendering by the trainer's own template.
type Rendered struct {
	Name     string         `json:"name"` // SUITE/CASE, for messages
	Messages []chat.Message `json:"messages"`
	Text     string         `json:"text"`
	Tokens   int            `json:"tokens"`
}

// Parity counts the prompts on which the server and the trainer agree.
type Parity struct {
	Prompts int `json:"prompts"` // with equal renderings
	Tokens  int `json:"tokens"`  // in the first prompt, counted equally by both
}

// Registered is the proved tag, as in model.json.
type Registered struct {
	ModelID string `json:"model_id"`
	Tag     string `json:"tag"`
	Host    string `json:"host"` // the server's address; empty for a private one, which moves
	GGUF    string `json:"gguf_sha256"`
	Parity  Parity `json:"parity"`
}

// Error is a failed proof with a name.
type Error struct {
	Name    string // such as register/parity
	Message string
	Hint    string
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s (hint: %s)", e.Name, e.Message, e.Hint) }

// OtherPrompt names the failure of a prompt that the server renders differently from
// the trainer.
const OtherPrompt = "register/parity"

// Server is where a candidate is registered, such as an engine.Engine.
type Server interface {
	engine.Chatter
	Add(ctx context.Context, path string, d engine.Definition) error
	Show(ctx context.Context, tag string) (engine.Model, error)
	Render(ctx context.Context, tag string, messages []chat.Message) (string, error)
}

// Run uploads the file, creates the tag and proves it. Recreating a tag is safe: the
// server replaces it atomically.
func Run(ctx context.Context, server Server, c Candidate, prompts []Rendered) (Registered, engine.Model, error) {
	if len(prompts) == 0 {
		return Registered{}, engine.Model{}, errors.New("register: no prompts to compare")
	}
	if err := server.Add(ctx, c.Path, c.Definition()); err != nil {
		return Registered{}, engine.Model{}, err
	}
	shown, err := server.Show(ctx, c.Tag)
	if err != nil {
		return Registered{}, engine.Model{}, err
	}
	if err := c.compare(shown); err != nil {
		return Registered{}, engine.Model{}, err
	}
	parity, err := prove(ctx, server, c.Tag, prompts)
	if err != nil {
		return Registered{}, engine.Model{}, err
	}
	return Registered{ModelID: ModelID(shown), Tag: c.Tag, GGUF: c.Digest, Parity: parity}, shown, nil
}

// Definition returns what the server creates the tag from.
func (c Candidate) Definition() engine.Definition {
	return engine.Definition{
		Tag: c.Tag, GGUF: c.Digest, Template: c.Serve.Template, System: c.Serve.System,
		Parameters: c.Serve.Parameters, License: c.Serve.License,
	}
}

// Expected returns the model that the server must show for the candidate.
func (c Candidate) Expected() engine.Model {
	return c.Definition().Model()
}

func (c Candidate) compare(shown engine.Model) error {
	want := c.Expected()
	differs := func(what, wanted, got string) error {
		return &Error{
			Name:    "register/show",
			Message: fmt.Sprintf("the server shows a different %s for %s: %.200q, but %.200q was sent", what, c.Tag, got, wanted),
			Hint:    "stop whatever else writes to this server, or update it: its version may treat the field differently",
		}
	}
	for _, field := range []struct{ name, want, got string }{
		{"GGUF", want.GGUF, shown.GGUF},
		{"template", want.Template, shown.Template},
		{"system prompt", want.System, shown.System},
		{"license", want.License, shown.License},
		{"renderer", "", shown.Renderer},
		{"parser", "", shown.Parser},
	} {
		if field.want != field.got {
			return differs(field.name, field.want, field.got)
		}
	}
	if !maps.EqualFunc(want.Parameters, shown.Parameters, slices.Equal) {
		return differs("list of parameters", fmt.Sprint(want.Parameters), fmt.Sprint(shown.Parameters))
	}
	return nil
}

// prove compares the server's and the trainer's rendering of every prompt, then asks
// for one token to compare the prompt's token count.
func prove(ctx context.Context, server Server, tag string, prompts []Rendered) (Parity, error) {
	for _, prompt := range prompts {
		text, err := server.Render(ctx, tag, withoutSystem(prompt.Messages))
		if err != nil {
			return Parity{}, err
		}
		if text != prompt.Text {
			return Parity{}, &Error{
				Name:    OtherPrompt,
				Message: fmt.Sprintf("%s is rendered differently by the server and the trainer, from character %d on: %s", prompt.Name, parting(text, prompt.Text), contrast(text, prompt.Text)),
				Hint:    "make `serve.template` and `serve.system` produce the same prompt as the base's chat template",
			}
		}
	}
	first := prompts[0]
	reply, err := server.Chat(ctx, engine.Ask{
		Tag: tag, Messages: withoutSystem(first.Messages), Options: map[string]any{"num_predict": 1, "seed": 1},
	})
	if err != nil {
		return Parity{}, err
	}
	if !reply.Done {
		return Parity{}, &Error{Name: "register/chat", Message: tag + " does not answer", Hint: "see the server's log in the run's folder"}
	}
	if err := first.Counted(reply.InputTokens); err != nil {
		return Parity{}, err
	}
	return Parity{Prompts: len(prompts), Tokens: first.Tokens}, nil
}

// withoutSystem leaves the system prompt to the tag, like the app.
func withoutSystem(messages []chat.Message) []chat.Message {
	if len(messages) > 0 && messages[0].Role == chat.System {
		return messages[1:]
	}
	return messages
}

// parting returns the length in bytes of two texts' common prefix.
func parting(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

func contrast(server, trainer string) string {
	at := max(0, parting(server, trainer)-20)
	cut := func(text string) string { return strings.ToValidUTF8(text[at:min(len(text), at+80)], "?") }
	return fmt.Sprintf("server %q, trainer %q", cut(server), cut(trainer))
}
