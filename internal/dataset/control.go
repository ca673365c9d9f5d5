package dataset

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/text"
)

// controlToken finds texts that the tokenizer takes for its own marks: an answer would
// teach the model to end in its midst, and a question could speak for another role.
var controlToken = check{
	name: "control_token", CheckOptions: CheckOptions{Level: Error},
	about: "a text of the row holds a control token of the base model, such as <|im_end|>, which is no text to its tokenizer.",
	row: func(in Input) func(entry) []problem {
		control := text.NewLiterals(in.Control)
		return func(e entry) []problem {
			var parts, tokens []string
			var holding string // the first text that holds one
			for _, part := range e.parts() {
				found := control.Find(part.text)
				if found == nil {
					continue
				}
				if parts == nil {
					holding = part.text
				}
				parts, tokens = append(parts, part.name), append(tokens, found...)
			}
			if parts == nil {
				return nil
			}
			tokens = onlyFirst(tokens)
			p := whole(controlFound(onlyFirst(parts), tokens), "take it out, or write it so that it is text: < |im_end|>; level warn under dataset.checks trains on it all the same")
			p.offset = e.record.find(holding, tokens[0])
			return []problem{p}
		}
	},
}

// part is a text of a row, with what it is.
type part struct{ name, text string }

// parts are the texts of the row that are trained on or shown with it.
func (e entry) parts() []part {
	var parts []part
	for _, turn := range e.earlier {
		parts = append(parts, part{"an earlier question", turn.User}, part{"an earlier answer", turn.Assistant})
	}
	return append(parts, part{"the question", e.question}, part{"the answer", e.answer})
}

func onlyFirst(texts []string) (only []string) {
	for _, s := range texts {
		if !slices.Contains(only, s) {
			only = append(only, s)
		}
	}
	return only
}

func controlFound(parts, tokens []string) string {
	var shown []string
	for _, token := range tokens {
		shown = append(shown, quoted(token))
	}
	holds, what := "holds", "the control token"
	if len(parts) > 1 {
		holds = "hold"
	}
	if len(tokens) > 1 {
		what = "the control tokens"
	}
	return fmt.Sprintf("%s %s %s %s of the base model", strings.Join(parts, " and "), holds, what, strings.Join(shown, ", "))
}

// find gives the place in the file of a text of the record, or of what is looked for in
// it where that is written without escapes; -1: the text is not there as a whole.
func (r record) find(whole, inside string) int {
	decoder := jsontext.NewDecoder(bytes.NewReader(r.raw), lenient)
	for {
		if decoder.PeekKind() != '"' {
			if _, err := decoder.ReadToken(); err != nil {
				return -1
			}
			continue
		}
		value, err := decoder.ReadValue()
		if err != nil {
			return -1
		}
		start := int(decoder.InputOffset()) - len(value)
		if (field{raw: value}).text() == whole {
			return r.offset + start + max(0, bytes.Index(value, []byte(inside)))
		}
	}
}
