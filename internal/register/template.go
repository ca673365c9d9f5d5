package register

import (
	"fmt"
	"strings"
	"text/template"

	"github.com/tunegate/tunegate/internal/chat"
)

// builtin is a chat template in Ollama's language.
type builtin struct {
	name string
	text string
}

// builtins are the chat templates that are recognised by their rendering.
func builtins() []builtin {
	return []builtin{{
		name: "ChatML",
		text: "{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n",
	}}
}

// Probe returns the conversation that identifies a chat template: every role, two
// turns, and text that a template might trim or escape.
func Probe() []chat.Message {
	return chat.Chat("Probe system <1>.",
		[]chat.Turn{{User: "First  question?", Assistant: "First answer & more."}},
		"Second\n\nquestion: {x}?")
}

// Template finds the Ollama template that renders like the base's own chat template.
// Rendered is the base's rendering of Probe, with the start of an answer appended. An
// unknown template is an error that names the config key.
func Template(rendered string) (name, text string, err error) {
	for _, candidate := range builtins() {
		parsed, err := template.New(candidate.name).Parse(candidate.text)
		if err != nil {
			return "", "", fmt.Errorf("built-in template %s: %w", candidate.name, err)
		}
		var out strings.Builder
		if err := parsed.Execute(&out, messagesOf(Probe())); err != nil {
			return "", "", fmt.Errorf("built-in template %s: %w", candidate.name, err)
		}
		if out.String() == rendered {
			return candidate.name, candidate.text, nil
		}
	}
	return "", "", fmt.Errorf("the base's chat template is none of the built-in ones (ChatML) (hint: set `serve.template` to a file with an Ollama template)")
}

type templateData struct {
	Messages []chat.Message
}

func messagesOf(messages []chat.Message) templateData { return templateData{Messages: messages} }
