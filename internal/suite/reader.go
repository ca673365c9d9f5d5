package suite

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/strictyaml"
	"github.com/tunegate/tunegate/internal/text"
)

// Reader reads what a model is asked. The zero value knows no control tokens.
type Reader struct {
	// Control are the control tokens of the base model's tokenizer: what is asked must
	// hold none, or it would not be the question that it looks like.
	Control text.Literals
}

// Suite reads one suite file. Every mistake is reported with file and line.
func (r Reader) Suite(path string, data []byte) (Suite, error) {
	doc, err := strictyaml.Parse(path, data)
	if err != nil {
		return Suite{}, err
	}
	doc.Topic = topic
	var file suiteFile
	if err := doc.Decode(&file, planned...); err != nil {
		return Suite{}, err
	}
	p := parser{doc: doc, file: file, reader: r}
	parsed := p.suite(path)
	return parsed, errors.Join(p.mistakes...)
}

// Sanity reads the fixed prompts of the sanity run: a YAML file with a
// list `prompts` of {user: text}. It gives the questions in order.
func (r Reader) Sanity(path string, data []byte) ([]string, error) {
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
			mistakes = append(mistakes, doc.Errorf([]any{"prompts", i}, "a sanity prompt needs a `user` text (hint: write `- user: QUESTION`)"))
		}
		if err := r.CheckText(prompt.User); err != nil {
			mistakes = append(mistakes, doc.Errorf([]any{"prompts", i, "user"}, "%w", err))
		}
		questions = append(questions, prompt.User)
	}
	if len(questions) == 0 {
		mistakes = append(mistakes, doc.Errorf([]any{"prompts"}, "`prompts` needs at least one prompt (hint: write `prompts: [{user: QUESTION}]`)"))
	}
	return questions, errors.Join(mistakes...)
}

// CheckText refuses a text of the user's own that holds a control token.
func (r Reader) CheckText(s string) error {
	found := r.Control.Find(s)
	if found == nil {
		return nil
	}
	return fmt.Errorf("%.60q is a control token of the base model, which its tokenizer does not read as text, at %s (hint: remove it; the chat template writes its own)", found[0], text.Around(s, strings.Index(s, found[0])))
}
