// Package enginetest holds the tests that every serving engine must pass. They start
// with an engine without tags.
package enginetest

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/gguf/gguftest"
)

// Run takes an engine through its tests. It has no tags before, and keeps those of
// the tests.
func Run(t *testing.T, e engine.Engine) {
	t.Helper()
	c := newCheck(t, e)
	for name, test := range map[string]func(*testing.T){
		"version":                  c.version,
		"tag":                      c.shows,
		"tag of other weights":     c.replaces,
		"copy and delete":          c.copies,
		"unknown tag":              c.unknown,
		"damaged weights":          c.damaged,
		"file of another digest":   c.changed,
		"prompt":                   c.renders,
		"tokens":                   c.counts,
		"seed":                     c.repeats,
		"many at once":             c.atOnce,
		"parameters of the tag":    c.parameters,
		"prompt of many tokens":    c.tooLong,
		"answer of many tokens":    c.length,
		"probabilities":            c.logprobs,
		"memory":                   c.memory,
		"question that is aborted": c.cancelled,
	} {
		t.Run(name, test)
	}
}

// check is an engine with a tag.
type check struct {
	engine.Engine
	first, second weights
	tag           string // of the first weights
}

type weights struct{ path, digest string }

// chatML renders messages as the trainer of a ChatML model does.
const chatML = "{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"

func newCheck(t *testing.T, e engine.Engine) *check {
	t.Helper()
	c := &check{Engine: e, tag: "conform:first"}
	c.first.path, c.first.digest = gguftest.Tiny(t, 1)
	c.second.path, c.second.digest = gguftest.Tiny(t, 2)
	c.add(t, c.define(c.tag))
	return c
}

func (c *check) define(tag string) engine.Definition {
	return engine.Definition{Tag: tag, GGUF: c.first.digest, Template: chatML, System: "Be kind.", License: "mit"}
}

func (c *check) add(t *testing.T, d engine.Definition) {
	t.Helper()
	path := c.first.path
	if d.GGUF == c.second.digest {
		path = c.second.path
	}
	if err := c.Add(t.Context(), path, d); err != nil {
		t.Fatal(err)
	}
}

// question asks for eight tokens. One thread, because several wait for each other
// on a busy machine.
func question(tag string) engine.Ask {
	return engine.Ask{
		Tag: tag, Messages: chat.Chat("", nil, "What is 3 + 4?"),
		Options: map[string]any{"seed": 1, "num_predict": 8, "num_ctx": 256, "num_thread": 1, "temperature": 1.0},
	}
}

// with is the question with another option.
func with(ask engine.Ask, name string, value any) engine.Ask {
	options := map[string]any{name: value}
	for name, value := range ask.Options {
		if _, other := options[name]; !other {
			options[name] = value
		}
	}
	ask.Options = options
	return ask
}

func (c *check) answer(t *testing.T, ask engine.Ask) engine.Answer {
	t.Helper()
	answer, err := c.Chat(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if !answer.Done {
		t.Fatalf("the answer is not whole: %+v", answer)
	}
	return answer
}

// rendered returns the messages as rendered by the trainer.
func rendered(messages []chat.Message) string {
	var prompt strings.Builder
	for _, m := range messages {
		prompt.WriteString("<|im_start|>" + m.Role + "\n" + m.Content + gguftest.End + "\n")
	}
	return prompt.String() + "<|im_start|>assistant\n"
}
