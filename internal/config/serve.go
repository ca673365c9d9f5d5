package config

import (
	"maps"
	"slices"

	"github.com/tunegate/tunegate/internal/document"
)

// parameters are the request options that a Modelfile can hold and that mean
// the same on every server, with their kinds.
func parameters() map[string]string {
	return map[string]string{
		"temperature": "number", "top_p": "number", "min_p": "number", "typical_p": "number",
		"repeat_penalty": "number", "presence_penalty": "number", "frequency_penalty": "number",
		"num_thread": "integer", "top_k": "integer", "num_ctx": "integer", "num_predict": "integer", "repeat_last_n": "integer",
		"stop": "list",
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
			p.fail(at, "unknown parameter %q (did you mean %q?)", name, document.Nearest(name, slices.Sorted(maps.Keys(kinds))))
			continue
		}
		value, ok := parameter(kind, f.Parameters[name])
		if !ok {
			p.fail(at, "`%s` must be a %s", name, kind)
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
		if kind == "number" {
			return float64(value), true
		}
		return value, kind == "integer"
	case float64:
		return value, kind == "number"
	case string:
		return []any{value}, kind == "list"
	case []any:
		for _, item := range value {
			if _, text := item.(string); !text {
				return nil, false
			}
		}
		return value, kind == "list"
	default:
		return nil, false
	}
}

func number(value any) int {
	n, _ := value.(int)
	return n
}
