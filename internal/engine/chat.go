package engine

import (
	"time"

	"github.com/tunegate/tunegate/internal/chat"
)

// The usual values of DoneReason. An engine may have others.
const (
	Stop   = "stop"   // the model ended its answer
	Length = "length" // num_predict or the context is used up
	// Aborted: the engine aborted the answer, or it was cut off in transit.
	Aborted = "aborted"
)

// Ask is a request to a tag.
type Ask struct {
	Tag      string
	Messages []chat.Message
	Options  map[string]any // sent unchanged, overriding the tag's parameters; nothing is added
	Logprobs int            // alternatives per token to return, 1 to 20; 0: no logprobs
}

// Answer is a response. It is complete only if Done; DoneReason is why it ended.
type Answer struct {
	Text, DoneReason          string
	Done                      bool
	InputTokens, OutputTokens int           // InputTokens: of the whole prompt, cached or not
	Duration                  time.Duration // of the engine's work, without loading the model
	Logprobs                  []Logprob     // one for each token, if requested
}

// Logprob is a token with the natural logarithm of its probability.
type Logprob struct {
	Token   string
	Logprob float64
	Top     []Logprob // the likeliest tokens at this place
}
