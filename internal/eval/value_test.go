package eval

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/maths"
)

// brokenMaths cannot run.
type brokenMaths struct{}

func (brokenMaths) Compare(context.Context, string, string) (maths.Result, error) {
	return maths.Result{}, errors.New("the child does not start")
}

func TestProbe(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		question, value string
		server          engine.Chatter
		checker         assertion.Maths
		want            string
	}{
		"right":                     {question: "4", value: "4", want: "true"},
		"wrong":                     {question: "5", value: "4", want: "false"},
		"cut off":                   {question: "ramble", value: "4", want: "false"},
		"empty":                     {question: "silence", value: "4", want: "false"},
		"too long to ask":           {question: "long", value: "4", want: "undecided"},
		"not to be decided":         {question: "5^5^5^5", value: "4", want: "undecided"},
		"a value that is none":      {question: "4", value: "no maths", want: "undecided"},
		"cut on its way":            {question: "abort", value: "4", want: "demo:x: the answer was aborted (hint: check the server's log)"},
		"cut on its way once":       {question: "4", value: "4", server: &flakyServer{cut: 2}, want: "true"},
		"a runner that dies":        {question: "4", value: "4", server: &flakyServer{die: 3}, want: "chat: the server's runner died (look for a lack of memory)"},
		"a server that is gone":     {question: "4", value: "4", server: &fakeServer{fail: 1}, want: "connection refused"},
		"a checker that can't run":  {question: "4", value: "4", checker: brokenMaths{}, want: "the child does not start"},
		"cut off, and no checker":   {question: "ramble", value: "4", checker: brokenMaths{}, want: "false"},
		"a server's unknown ending": {question: "4", value: "4", server: unloading{}, want: "demo:x: the answer ended with unload (hint: check the server's log)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := evaluation(&fakeServer{})
			if test.server != nil {
				e.Server = test.server
			}
			if test.checker != nil {
				e.Maths = test.checker
			}
			correct, err := e.Probe(t.Context(), []chat.Message{{Role: chat.User, Content: test.question}}, test.value)
			got := "undecided"
			if err != nil {
				got = err.Error()
			} else if correct != nil {
				got = fmt.Sprint(*correct)
			}
			if got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

// unloading ends its answers because the model is taken out of memory.
type unloading struct{}

func (unloading) Chat(context.Context, engine.Ask) (engine.Answer, error) {
	return engine.Answer{Text: "4", DoneReason: "unload", Done: true}, nil
}

// TestProbeAsksAsCasesDo: but for the seed, with the same options.
func TestProbeAsksAsCasesDo(t *testing.T) {
	t.Parallel()
	server := &fakeServer{}
	e := evaluation(server)
	e.Options.Seed = 1<<31 + 7
	messages := []chat.Message{{Role: chat.User, Content: "4"}}
	if _, err := e.Probe(t.Context(), messages, "4"); err != nil {
		t.Fatal(err)
	}
	want := []engine.Ask{{Tag: "demo:x", Messages: messages, Options: map[string]any{"seed": 7, "num_ctx": 512, "num_predict": 64}}}
	if diff := cmp.Diff(want, server.asked); diff != "" {
		t.Error(diff)
	}
}
