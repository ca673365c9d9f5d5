package eval

import (
	"errors"
	"testing"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/suite"
)

// TestTokensAreComparedAsAnswersCome: the fake server counts 3 tokens in each prompt.
func TestTokensAreComparedAsAnswersCome(t *testing.T) {
	t.Parallel()
	rendered := func(counts ...int) (prompts []register.Rendered) {
		for _, n := range counts {
			prompts = append(prompts, register.Rendered{Name: "s/c", Tokens: n})
		}
		return prompts
	}
	equals := []assertion.Assert{{Type: assertion.Equals, Values: []string{"4"}, Weight: 1}}
	dialog := suite.Case{ID: "c", Cluster: "c", Turns: []suite.Turn{ // its first turn is not asked in replayed history
		{User: "0", Assistant: "4"}, {User: "4", Assistant: "4", Asserts: equals}, {User: "4", Asserts: equals},
	}}
	replayed, own := []suite.History{suite.Replayed}, []suite.History{suite.Own}
	tests := map[string]struct {
		suite    suite.Suite
		rendered []register.Rendered
		want     string
	}{
		"alike":                  {suiteOf(replayed, dialog), rendered(3, 3), ""},
		"not rendered":           {suiteOf(replayed, dialog), nil, ""},
		"differs in one turn":    {suiteOf(replayed, dialog), rendered(3, 5), "s/c: turn 3: register/tokens: the server counts 3 tokens in the prompt of s/c, the trainer's tokenizer 5 (hint: the GGUF's tokenizer differs from the base's: rebuild the base GGUF with `tunegate setup`)"},
		"its own answers":        {suiteOf(own, dialog), rendered(5, 5), ""},
		"an answer that was cut": {suiteOf(replayed, oneTurn("c", "abort")), rendered(5), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := evaluation(&fakeServer{}, test.suite)
			e.Rendered = map[string][]register.Rendered{"s/c": test.rendered}
			_, err := e.Run(t.Context(), t.TempDir())
			got, named := "", &register.Error{}
			if err != nil {
				got = err.Error()
			}
			if got != test.want || err != nil && !errors.As(err, &named) {
				t.Errorf("got %q\nwant %q", got, test.want)
			}
		})
	}
}

// TestKeptAnswersAreNotComparedAgain: those of an unfinished evaluation stay as they are.
func TestKeptAnswersAreNotComparedAgain(t *testing.T) {
	t.Parallel()
	s := suiteOf([]suite.History{suite.Replayed}, oneTurn("a", "4"), oneTurn("b", "4"))
	dir := t.TempDir()
	if _, err := evaluation(&fakeServer{fail: 2}, s).Run(t.Context(), dir); err == nil {
		t.Fatal("no error")
	}
	e := evaluation(&fakeServer{}, s)
	e.Rendered = map[string][]register.Rendered{"s/a": {{Name: "s/a", Tokens: 5}}, "s/b": {{Name: "s/b", Tokens: 3}}}
	if _, err := e.Run(t.Context(), dir); err != nil {
		t.Error(err)
	}
}
