package suite

import (
	"errors"
	"strings"

	"github.com/tunegate/tunegate/internal/strictyaml"
)

// ParseSanity reads the fixed prompts of the sanity run: a YAML file with a
// list `prompts` of {user: text}. It gives the questions in order.
func ParseSanity(path string, data []byte) ([]string, error) {
	doc, err := strictyaml.Parse(path, data)
	if err != nil {
		return nil, err
	}
	var file struct {
		Prompts []struct {
			User string `yaml:"user"`
		} `yaml:"prompts"`
	}
	if err := doc.Decode(&file); err != nil {
		return nil, err
	}
	var questions []string
	var mistakes []error
	for i, prompt := range file.Prompts {
		if strings.TrimSpace(prompt.User) == "" {
			mistakes = append(mistakes, doc.Errorf([]any{"prompts", i}, "a sanity prompt needs a `user` text"))
		}
		questions = append(questions, prompt.User)
	}
	if len(questions) == 0 {
		mistakes = append(mistakes, doc.Errorf([]any{"prompts"}, "`prompts` needs at least one prompt"))
	}
	return questions, errors.Join(mistakes...)
}
