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

// Agreement says how near a server is to the trainer.
type Agreement struct {
	Compared int      `json:"compared"` // first tokens whose logprobs both gave
	Largest  float64  `json:"largest"`  // difference of two logprobs
	Texts    int      `json:"texts"`    // that both counted
	Differ   []string `json:"differ"`   // of these, what they counted differently
}

// The largest difference of two logprobs that rounding explains. On a real model in
// float32 it was 0.008; arithmetic in bfloat16 adds 0.02 to 0.05.
const (
	exactBound   = 0.02
	roundedBound = 0.1
)

// Agree asks a 16-bit export of the base for what the trainer made of it. A
// logprob that rounding does not explain is an error; of tokens that are counted
// differently the texts are named. NumCtx is in tokens; what does not fit it is
// left out.
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

// find gives a token among the likeliest ones of a server.
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

// Suspects finds texts that a server may count differently than the trainer, after
// what it was seen to.
type Suspects struct {
	none, all bool
	runes     map[rune]bool // that only texts which are counted differently hold
}

// Suspects are the texts to look at where the two do not agree.
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
			s.all = true // nothing tells it from texts that are counted alike
		}
	}
	return s
}

// Text says whether a text is to be looked at.
func (s Suspects) Text(text string) bool {
	return !s.none && (s.all || !norm.NFC.IsNormalString(text) || slices.ContainsFunc([]rune(text), func(c rune) bool { return s.runes[c] }))
}

// At is where a text has the first character to be looked at, in bytes; -1 where no
// one character is.
func (s Suspects) At(text string) int {
	at := strings.IndexFunc(text, func(c rune) bool { return s.runes[c] })
	if composed, _ := norm.NFC.SpanString(text, true); composed < len(text) && (at < 0 || composed < at) {
		at = composed
	}
	return at
}

// Prompts are those of the prompts with a message to be looked at.
func (s Suspects) Prompts(prompts []Rendered) []Rendered {
	return slices.DeleteFunc(slices.Clone(prompts), func(p Rendered) bool {
		return !slices.ContainsFunc(p.Messages, func(m chat.Message) bool { return s.Text(m.Content) })
	})
}

// String names the texts for people.
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
