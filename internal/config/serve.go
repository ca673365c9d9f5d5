package config

import (
	"maps"
	"slices"

	"github.com/tunegate/tunegate/internal/reference"
	"github.com/tunegate/tunegate/internal/strictyaml"
)

// kind is what values a parameter takes, as a mistake names it.
type kind string

const (
	aNumber   kind = "a finite number"
	anInteger kind = "an integer"
	aCount    kind = "an integer from 1 up"
	aList     kind = "a text or a list of texts"
)

func (k kind) describe() reference.Type {
	switch k {
	case aNumber:
		return reference.Number()
	case anInteger:
		return reference.Integer()
	case aCount:
		return reference.AtLeast(1)
	default:
		return reference.Either(reference.Text("text"), reference.ListOf("texts", reference.Text("text")))
	}
}

// parameter is a request option that a Modelfile can hold and that means the same on
// every server.
type parameter struct {
	name    string
	kind    kind
	example any
	about   string // a sentence
}

func parameters() []parameter {
	return []parameter{
		{"temperature", aNumber, 0.2, "Sampling temperature; 0 always takes the likeliest token."},
		{"top_k", anInteger, 40, "Sample from this many of the likeliest tokens."},
		{"top_p", aNumber, 0.9, "Sample from the likeliest tokens whose probabilities add up to this."},
		{"min_p", aNumber, 0.05, "Leave out tokens below this share of the likeliest one's probability."},
		{"typical_p", aNumber, 1.0, "Sample from the most typical tokens whose probabilities add up to this."},
		{"repeat_penalty", aNumber, 1.0, "Penalty for tokens that occurred before; 1 means none (the server's own 1.1 hurts digits)."},
		{"repeat_last_n", anInteger, 64, "How many tokens back the penalties look."},
		{"presence_penalty", aNumber, 0.0, "Penalty for a token that occurred before."},
		{"frequency_penalty", aNumber, 0.0, "Penalty for a token, for each earlier occurrence."},
		{"num_ctx", aCount, 8192, "Context length in tokens, prompt and answer together; at most that of the base model."},
		{"num_predict", aCount, 1200, "Maximum tokens of an answer; an answer cut there is excluded."},
		{"num_thread", anInteger, 1, "CPU threads per answer; 1 is fastest for a tiny model."},
		{"stop", aList, []string{"###"}, "Texts that end an answer."},
	}
}

// defaultParameters: the server's own repeat penalty of 1.1 pushes down the
// digits of the question, its num_predict has no end, and its num_ctx depends
// on the card.
func defaultParameters() map[string]any {
	return map[string]any{"repeat_penalty": 1.0, "num_ctx": 4096, "num_predict": 1024}
}

func (p *parser) serve() Serve {
	f := p.file.Serve
	s := Serve{TemplateFile: f.Template, System: f.System, Parameters: defaultParameters()}
	if s.TemplateFile == "auto" {
		s.TemplateFile = ""
	}
	if s.TemplateFile != "" {
		p.inside([]any{"serve", "template"}, s.TemplateFile)
	}
	kinds := make(map[string]kind)
	for _, known := range parameters() {
		kinds[known.name] = known.kind
	}
	for _, name := range slices.Sorted(maps.Keys(f.Parameters)) {
		at := []any{"serve", "parameters", name}
		kind, known := kinds[name]
		if !known {
			p.fail(at, "unknown parameter %q (hint: did you mean %q?)", name, strictyaml.Nearest(name, slices.Sorted(maps.Keys(kinds))))
			continue
		}
		value, ok := kind.value(f.Parameters[name])
		if !ok {
			p.fail(at, "`%s` must be %s", name, kind)
			continue
		}
		s.Parameters[name] = value
	}
	return s
}

// value is what a file says of a parameter of the kind.
func (k kind) value(value any) (any, bool) {
	switch value := value.(type) {
	case int:
		if k == aNumber {
			return float64(value), true
		}
		return value, k == anInteger || k == aCount && value >= 1
	case float64:
		return value, k == aNumber && isFinite(value)
	case string:
		return []any{value}, k == aList
	case []any:
		for _, item := range value {
			if _, text := item.(string); !text {
				return nil, false
			}
		}
		return value, k == aList
	default:
		return nil, false
	}
}

func number(value any) int {
	n, _ := value.(int)
	return n
}
