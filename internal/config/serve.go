package config

import (
	"maps"
	"slices"

	"github.com/tunegate/tunegate/internal/strictyaml"
)

// The kinds of the parameters.
const (
	aNumber   = "a finite number"
	anInteger = "an integer"
	aList     = "a text or a list of texts"
)

// parameters are the request options that a Modelfile can hold and that mean
// the same on every server, with their kinds.
func parameters() map[string]string {
	return map[string]string{
		"temperature": aNumber, "top_p": aNumber, "min_p": aNumber, "typical_p": aNumber,
		"repeat_penalty": aNumber, "presence_penalty": aNumber, "frequency_penalty": aNumber,
		"num_thread": anInteger, "top_k": anInteger, "num_ctx": anInteger, "num_predict": anInteger, "repeat_last_n": anInteger,
		"stop": aList,
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
	kinds := parameters()
	for _, name := range slices.Sorted(maps.Keys(f.Parameters)) {
		at := []any{"serve", "parameters", name}
		kind, known := kinds[name]
		if !known {
			p.fail(at, "unknown parameter %q (did you mean %q?)", name, strictyaml.Nearest(name, slices.Sorted(maps.Keys(kinds))))
			continue
		}
		value, ok := parameter(kind, f.Parameters[name])
		if !ok {
			p.fail(at, "`%s` must be %s", name, kind)
			continue
		}
		s.Parameters[name] = value
	}
	for _, name := range []string{"num_ctx", "num_predict"} {
		if number(s.Parameters[name]) < 1 {
			p.fail([]any{"serve", "parameters", name}, "`%s` must be at least 1", name)
		}
	}
	return s
}

func parameter(kind string, value any) (any, bool) {
	switch value := value.(type) {
	case int:
		if kind == aNumber {
			return float64(value), true
		}
		return value, kind == anInteger
	case float64:
		return value, kind == aNumber && isFinite(value)
	case string:
		return []any{value}, kind == aList
	case []any:
		for _, item := range value {
			if _, text := item.(string); !text {
				return nil, false
			}
		}
		return value, kind == aList
	default:
		return nil, false
	}
}

func number(value any) int {
	n, _ := value.(int)
	return n
}
