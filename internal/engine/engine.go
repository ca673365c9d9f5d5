// Package engine is the interface to a server of models. A served tag shows everything
// that decides its answers, and an answer says whether it is complete. Package
// enginetest holds what every engine must do.
package engine

import (
	"context"

	"github.com/tunegate/tunegate/internal/chat"
)

// Chatter answers conversations.
type Chatter interface {
	// Chat asks a tag. The prompt is never shortened and the context never slides:
	// a conversation longer than the option num_ctx is ErrTooLong, an answer that
	// reaches its end has DoneReason Length. An engine that is gone is an error, an
	// answer that ends early with the engine still up is not.
	Chat(ctx context.Context, ask Ask) (Answer, error)
}

// Tags keeps models under names.
type Tags interface {
	// Add brings the GGUF at path and makes or replaces the tag of it. Damaged
	// weights may pass: the tag has to be shown and asked before it is trusted.
	Add(ctx context.Context, path string, d Definition) error
	// Show reads a tag. One that is more than a Model can name is an error.
	Show(ctx context.Context, tag string) (Model, error)
	// Digest names what a tag is made of in the engine's own terms, at little cost:
	// it changes when the tag becomes another model.
	Digest(ctx context.Context, tag string) (string, error)
	// Copy makes the tag `to` name what the tag `from` names; what it named before
	// is gone. It is safe to repeat.
	Copy(ctx context.Context, from, to string) error
	// Delete removes a tag with the files that no other tag uses. One that is gone
	// is no error.
	Delete(ctx context.Context, tag string) error
}

// Engine serves models. It is safe for concurrent use. Its errors are worded for
// the one who must fix them, and are those of this package where one fits.
type Engine interface {
	Chatter
	Tags
	// Version names the program that answers.
	Version(ctx context.Context) (string, error)
	// Render gives the prompt that a tag's system prompt and template make of the
	// messages, byte by byte as Chat reads it.
	Render(ctx context.Context, tag string, messages []chat.Message) (string, error)
	// Loaded says whether a model made of the GGUF with this sha256 (hex) is in
	// memory, under whatever tag.
	Loaded(ctx context.Context, gguf string) (bool, error)
	// Unload frees the memory of a tag's model, loaded or not.
	Unload(ctx context.Context, tag string) error
}
