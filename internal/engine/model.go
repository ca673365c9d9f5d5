package engine

import (
	"fmt"
	"strconv"
)

// Model is everything in a tag that decides its answers.
type Model struct {
	GGUF             string              // sha256 of the weights' file, hex
	Template, System string              // as they are stored
	Parameters       map[string][]string // numbers in shortest decimal form, strings as they are, lists in order
	License          string              // several are joined by a newline
	Renderer, Parser string              // built-in code that replaces the template, if any
}

// Definition is what a tag is created from.
type Definition struct {
	Tag              string
	GGUF             string         // sha256 of the file, hex
	Template, System string         // the template in Ollama's language
	Parameters       map[string]any // strings, numbers, booleans and lists of strings, by Ollama's names
	License          string
}

// Model returns what an engine must show for the definition.
func (d Definition) Model() Model {
	return Model{
		GGUF: d.GGUF, Template: d.Template, System: d.System,
		Parameters: Values(d.Parameters), License: d.License,
	}
}

// Values converts parameters to the form of a Model: numbers in shortest decimal form,
// lists in order.
func Values(parameters map[string]any) map[string][]string {
	values := map[string][]string{}
	for name, value := range parameters {
		if list, ok := value.([]any); ok {
			for _, item := range list {
				values[name] = append(values[name], one(item))
			}
			continue
		}
		values[name] = []string{one(value)}
	}
	return values
}

func one(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	default:
		return fmt.Sprint(value)
	}
}
