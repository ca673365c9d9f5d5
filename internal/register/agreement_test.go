package register

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/engine"
)

func TestFixedTexts(t *testing.T) {
	t.Parallel()
	texts := fixedTexts()
	sorted := slices.Compact(slices.Sorted(slices.Values(texts)))
	if len(texts) != 500 || len(sorted) != 500 {
		t.Errorf("%d texts, %d of them distinct", len(texts), len(sorted))
	}
}

// counter is a server that counts a token a byte, but for the texts with a mark, and
// gives the same likeliest tokens after every prompt.
type counter struct {
	mark   string
	likely []engine.Logprob
}

func (c counter) Chat(_ context.Context, ask engine.Ask) (engine.Answer, error) {
	text := ask.Messages[0].Content
	answer := engine.Answer{Done: true, InputTokens: len(text)}
	if c.mark != "" && strings.Contains(text, c.mark) {
		answer.InputTokens++
	}
	if ask.Logprobs > 0 {
		answer.Logprobs = []engine.Logprob{{Top: c.likely}}
	}
	return answer, nil
}

// reference is what a trainer makes of a base that has an added token, by bytes.
func reference(precision string) Reference {
	r := Reference{Precision: precision, Added: []string{"<think>"}}
	for range referencePrompts() {
		r.Prompts = append(r.Prompts, []engine.Logprob{{Token: "The", Logprob: -0.5}, {Token: " x", Logprob: -2}})
	}
	for _, text := range r.texts() {
		r.Tokens = append(r.Tokens, len(text))
	}
	return r
}

// TestAgreeRefusesOtherLogprobs: what rounding does not explain is an error, as it is
// of a base that is served with another rope or another head.
func TestAgreeRefusesOtherLogprobs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		precision string
		likely    []engine.Logprob
		largest   float64
		refused   string
	}{
		"the same":      {"float32", []engine.Logprob{{Token: " x", Logprob: -2.01}, {Token: "The", Logprob: -0.5}}, 0.01, ""},
		"apart":         {"float32", []engine.Logprob{{Token: "The", Logprob: -0.5}, {Token: " x", Logprob: -1.97}}, 0, `" x" has -2.000 in the trainer and -1.970`},
		"by rounding":   {"bfloat16", []engine.Logprob{{Token: "The", Logprob: -0.5}, {Token: " x", Logprob: -1.95}}, 0.05, ""},
		"another token": {"float32", []engine.Logprob{{Token: "The", Logprob: -0.5}}, 0, "none among the likeliest 1"},
		"no answer":     {"float32", nil, 0, ""},
	} {
		server := counter{likely: c.likely}
		got, err := Agree(t.Context(), silent{server, c.likely == nil}, "demo-base", "", reference(c.precision), 512)
		if (err == nil) != (c.refused == "") || err != nil && !(strings.Contains(err.Error(), c.refused) && strings.HasPrefix(err.Error(), "register/logprobs: ")) {
			t.Errorf("%s: %v, want %q", name, err, c.refused)
		}
		if err == nil && (got.Texts != 501 || len(got.Differ) != 0 || got.Largest > c.largest+1e-9 || got.Largest < c.largest-1e-9) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// silent is a server whose answers may be empty.
type silent struct {
	counter
	empty bool
}

func (s silent) Chat(ctx context.Context, ask engine.Ask) (engine.Answer, error) {
	answer, err := s.counter.Chat(ctx, ask)
	if s.empty {
		answer.Logprobs = nil
	}
	return answer, err
}

// TestSuspects: texts like those that are counted differently are found, and others
// are not.
func TestSuspects(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mark    string
		differ  int
		suspect map[string]bool
	}{
		"nothing":      {"", 0, map[string]bool{"e\u0301": false, "<think>": false}},
		"not composed": {"e\u0301", 4, map[string]bool{"e\u0301": true, "a\u0308": true, "é": false, "1  2": false}},
		"a script":     {"अ", 0, map[string]bool{"अ": false}},
		"runes":        {"ᚠ", 4, map[string]bool{"ᚢ": true, "ᚠ is a rune": true, "x": false}},
		"a token":      {"<think>", 5, map[string]bool{"anything": true}},
		"digits":       {"12 34  56", 4, map[string]bool{"1  2": true}},
	} {
		r := reference("float32")
		found, err := Agree(t.Context(), counter{mark: c.mark, likely: r.Prompts[0]}, "demo-base", "", r, 512)
		if err != nil || len(found.Differ) != c.differ {
			t.Errorf("%s: %d differ, %v", name, len(found.Differ), err)
		}
		suspects := found.Suspects(r)
		for text, want := range c.suspect {
			if got := suspects.Text(text); got != want {
				t.Errorf("%s: %+q is suspect %v", name, text, got)
			}
		}
		if says := found.String(); (c.differ == 0) != strings.Contains(says, "agrees with the trainer") || strings.Contains(says, "NFC") != (name == "not composed") {
			t.Errorf("%s: %s", name, says)
		}
	}
}

func TestAgreeEndsWithTheServer(t *testing.T) {
	t.Parallel()
	if _, err := Agree(t.Context(), gone{}, "demo-base", "", reference("float32"), 512); !errors.Is(err, errGone) {
		t.Error(err)
	}
}

var errGone = errors.New("gone")

type gone struct{}

func (gone) Chat(context.Context, engine.Ask) (engine.Answer, error) { return engine.Answer{}, errGone }
