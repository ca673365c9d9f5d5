package llamacpp

import (
	"fmt"
	"maps"
	"strings"

	"github.com/ollama/ollama/api"
	"github.com/ollama/ollama/template"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
)

// defaultContext is the context of a request without num_ctx, in tokens.
const defaultContext = 4096

// settings are a request's settings in llama-server's form.
type settings struct {
	load    load           // settings at the server's start
	predict int            // maximum tokens of the answer; below 1: up to the end of the context
	request map[string]any // fields of the completion request
}

// load are the settings that a running server cannot change.
type load struct {
	context int // tokens
	threads int // 0: the server chooses
}

// merge translates a tag's parameters and the overriding options from Ollama's names.
// One that llama-server lacks is an error.
func merge(parameters, options map[string]any) (settings, error) {
	all := maps.Clone(parameters)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, options)
	s := settings{load: load{context: defaultContext}, request: map[string]any{}}
	for name, value := range all {
		var err error
		switch name {
		case "num_ctx":
			s.load.context, err = whole(name, value)
		case "num_thread":
			s.load.threads, err = whole(name, value)
		case "num_predict":
			s.predict, err = whole(name, value)
		case "stop":
			if text, single := value.(string); single {
				value = []any{text}
			}
			s.request[name] = value
		case "seed", "temperature", "top_k", "top_p", "min_p", "typical_p",
			"repeat_last_n", "repeat_penalty", "presence_penalty", "frequency_penalty":
			s.request[name] = value
		default:
			err = fmt.Errorf("llama-server has no parameter %.60q (hint: remove it from serve.parameters)", name)
		}
		if err != nil {
			return settings{}, err
		}
	}
	return s, nil
}

// whole reads an integer that JSON may have decoded as a float64.
func whole(name string, value any) (int, error) {
	switch value := value.(type) {
	case int:
		return value, nil
	case float64:
		if value == float64(int(value)) {
			return int(value), nil
		}
	}
	return 0, fmt.Errorf("parameter %s is %.60q, not a whole number (hint: correct serve.parameters)", name, fmt.Sprint(value))
}

// parse parses a template with Ollama's own code, so that it means the same.
func parse(text string) (*template.Template, error) {
	parsed, err := template.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w (hint: correct the Go template of serve.template)", err)
	}
	return parsed, nil
}

// render returns the prompt, like Ollama: the tag's system prompt comes first unless
// the conversation has its own.
func render(d engine.Definition, messages []chat.Message) (string, error) {
	parsed, err := parse(d.Template)
	if err != nil {
		return "", err
	}
	var values template.Values
	if d.System != "" && len(messages) > 0 && messages[0].Role != chat.System {
		values.Messages = append(values.Messages, api.Message{Role: chat.System, Content: d.System})
	}
	for _, m := range messages {
		values.Messages = append(values.Messages, api.Message{Role: m.Role, Content: m.Content})
	}
	var prompt strings.Builder
	err = parsed.Execute(&prompt, values)
	return prompt.String(), err
}
