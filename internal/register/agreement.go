package register

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
)

// Agreement describes how closely a server agrees with the trainer.
type Agreement struct {
	Compared int      `json:"compared"` // first tokens with logprobs from both
	Largest  float64  `json:"largest"`  // largest difference of two logprobs
	Texts    int      `json:"texts"`    // whose tokens both counted
	Differ   []string `json:"differ"`   // those with different counts
}

// The largest difference of two logprobs that rounding explains. On a real model in
// float32 it was 0.008; arithmetic in bfloat16 adds 0.02 to 0.05.
const (
	exactBound   = 0.02
	roundedBound = 0.1
)

// Agree compares a served 16-bit export of the base with the trainer's reference. A
// logprob difference that rounding does not explain is an error; texts with different
// token counts are listed. Texts that do not fit NumCtx tokens are skipped.
func Agree(ctx context.Context, server engine.Chatter, tag, system string, r Reference, numCtx int) (Agreement, error) {
	a := Agreement{Differ: []string{}}
	options := map[string]any{"num_predict": 1, "seed": 1, "temperature": 0, "num_ctx": numCtx}
	bound := exactBound
	if r.Precision != "float32" {
		bound = roundedBound
	}
	for i, conversation := range asked(system, referencePrompts()) {
		answer, err := server.Chat(ctx, engine.Ask{Tag: tag, Messages: withoutSystem(conversation), Options: options, Logprobs: 20})
		if errors.Is(err, engine.ErrTooLong) {
			continue
		}
		if err != nil {
			return a, err
		}
		if len(answer.Logprobs) == 0 { // the answer is empty
			continue
		}
		for _, want := range r.Prompts[i] {
			off := distance(want, answer.Logprobs[0].Top)
			if a.Compared++; off > a.Largest {
				a.Largest = off
			}
			if off > bound {
				return a, &Error{
					Name: "register/logprobs",
					Message: fmt.Sprintf("the server computes different logprobs than the trainer (%s): after %q the first token %q has %.3f in the trainer and %s on the server; rounding explains at most %.2f",
						r.Precision, referencePrompts()[i], want.Token, want.Logprob, given(want, answer.Logprobs[0].Top), bound),
					Hint: "choose another base, and report this one: its export does not match how it is trained",
				}
			}
		}
	}
	texts := r.texts()
	for i, conversation := range asked(system, texts) {
		answer, err := server.Chat(ctx, engine.Ask{Tag: tag, Messages: withoutSystem(conversation), Options: options})
		if errors.Is(err, engine.ErrTooLong) {
			continue
		}
		if err != nil {
			return a, err
		}
		if a.Texts++; answer.InputTokens != r.Tokens[i] {
			a.Differ = append(a.Differ, texts[i])
		}
	}
	return a, nil
}

// find looks up a token among a server's likeliest ones.
func find(token string, among []engine.Logprob) (engine.Logprob, bool) {
	i := slices.IndexFunc(among, func(l engine.Logprob) bool { return l.Token == token })
	if i < 0 {
		return engine.Logprob{}, false
	}
	return among[i], true
}

func distance(want engine.Logprob, among []engine.Logprob) float64 {
	has, found := find(want.Token, among)
	if !found {
		return math.Inf(1)
	}
	return math.Abs(has.Logprob - want.Logprob)
}

func given(want engine.Logprob, among []engine.Logprob) string {
	has, found := find(want.Token, among)
	if !found {
		return fmt.Sprintf("none among the likeliest %d", len(among))
	}
	return fmt.Sprintf("%.3f", has.Logprob)
}

// Suspects finds texts whose tokens a server may count differently from the trainer,
// judging by those with different counts.
type Suspects struct {
	none, all bool
	runes     map[rune]bool // that occur only in texts with different counts
}

// Suspects returns the texts to check where the two disagree.
func (a Agreement) Suspects(r Reference) Suspects {
	s := Suspects{none: len(a.Differ) == 0, runes: map[rune]bool{}}
	for _, text := range a.Differ {
		for _, c := range text {
			s.runes[c] = true
		}
	}
	for _, text := range r.texts() {
		if !slices.Contains(a.Differ, text) {
			for _, c := range text {
				delete(s.runes, c)
			}
		}
	}
	for _, text := range a.Differ {
		if norm.NFC.IsNormalString(text) && !slices.ContainsFunc([]rune(text), func(c rune) bool { return s.runes[c] }) {
			s.all = true // nothing distinguishes it from texts with equal counts
		}
	}
	return s
}

// Text reports whether a text must be checked.
func (s Suspects) Text(text string) bool {
	return !s.none && (s.all || !norm.NFC.IsNormalString(text) || slices.ContainsFunc([]rune(text), func(c rune) bool { return s.runes[c] }))
}

// At returns the byte offset of a text's first suspect character; -1 where no single
// character is suspect.
func (s Suspects) At(text string) int {
	at := strings.IndexFunc(text, func(c rune) bool { return s.runes[c] })
	if composed, _ := norm.NFC.SpanString(text, true); composed < len(text) && (at < 0 || composed < at) {
		at = composed
	}
	return at
}

// Prompts returns the prompts with a suspect message.
func (s Suspects) Prompts(prompts []Rendered) []Rendered {
	return slices.DeleteFunc(slices.Clone(prompts), func(p Rendered) bool {
		return !slices.ContainsFunc(p.Messages, func(m chat.Message) bool { return s.Text(m.Content) })
	})
}

// String describes the agreement for people.
func (a Agreement) String() string {
	if len(a.Differ) == 0 {
		return fmt.Sprintf("the server agrees with the trainer: %d logprobs differ by at most %.4f, %d texts have the same token count", a.Compared, a.Largest, a.Texts)
	}
	decomposed := !slices.ContainsFunc(a.Differ, norm.NFC.IsNormalString)
	why := ""
	if decomposed {
		why = ", all with decomposed Unicode characters (not NFC), which the trainer composes and the server does not"
	}
	return fmt.Sprintf("the server's token counts differ from the trainer's in %d of %d fixed texts%s; the first is %+.60q; a row or prompt with such text stops a run", len(a.Differ), a.Texts, why, a.Differ[0])
}
