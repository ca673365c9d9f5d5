// Package engine is the interface to a model server. A tag shows everything that decides
// its answers, and an answer reports whether it is complete. Package enginetest tests
// what every engine must do.
package engine

import (
	"context"

	"github.com/tunegate/tunegate/internal/chat"
)

// Chatter answers conversations.
type Chatter interface {
	// Chat sends a request to a tag. The prompt is never truncated and the context never
	// slides: a conversation longer than the option num_ctx is ErrTooLong, and an answer
	// that fills the context has DoneReason Length. An unreachable engine is an error;
	// an answer that ends early with the engine still running is not.
	Chat(ctx context.Context, ask Ask) (Answer, error)
}

// Tags keeps models under names.
type Tags interface {
	// Add uploads the GGUF at path and creates or replaces its tag. It may accept
	// damaged weights: show the tag and chat with it before trusting it.
	Add(ctx context.Context, path string, d Definition) error
	// Show reads a tag. One that is more than a Model can name is an error.
	Show(ctx context.Context, tag string) (Model, error)
	// Digest identifies a tag's content in the engine's own terms, at little cost: it
	// changes when the tag becomes another model.
	Digest(ctx context.Context, tag string) (string, error)
	// Copy points the tag `to` at the model of the tag `from`, replacing its previous
	// one. It is safe to repeat.
	Copy(ctx context.Context, from, to string) error
	// Delete removes a tag and the files that no other tag uses. A missing tag is not
	// an error.
	Delete(ctx context.Context, tag string) error
}

// Engine serves models. It is safe for concurrent use. Its errors tell users how to fix
// the problem, and wrap those of this package where one fits.
type Engine interface {
	Chatter
	Tags
	// Version identifies the program that answers.
	Version(ctx context.Context) (string, error)
	// Render returns the prompt that a tag's system prompt and template make of the
	// messages, exactly as Chat reads it.
	Render(ctx context.Context, tag string, messages []chat.Message) (string, error)
	// Loaded reports whether a model of the GGUF with this sha256 (hex) is in memory,
	// under any tag.
	Loaded(ctx context.Context, gguf string) (bool, error)
	// Unload frees the memory of a tag's model, loaded or not.
	Unload(ctx context.Context, tag string) error
}
