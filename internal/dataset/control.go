package dataset

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/place"
	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/text"
)

// controlToken finds texts that the tokenizer takes for its own marks: an answer would
// teach the model to end in its midst, and a question could speak for another role.
var controlToken = check{
	name: "control_token", CheckOptions: CheckOptions{Level: Error},
	about: "a text of the row contains a control token of the base model, such as <|im_end|>, which its tokenizer does not read as text.",
	row: func(in Input) func(entry) []problem {
		control := text.NewLiterals(in.Control)
		return func(e entry) []problem {
			for _, part := range e.parts() {
				if found := control.Find(part.text); found != nil {
					return []problem{{
						offset: textOffset(e.record, part.text, found[0]),
						what:   fmt.Sprintf("%s holds %s, a control token of the base model, at %s", part.name, quoted(found[0]), text.Around(part.text, strings.Index(part.text, found[0]))),
						hint:   "remove it, or write it as text: < |im_end|>; `dataset.checks.control_token.level: warn` allows it, but not a stop token in an answer",
					}}
				}
			}
			return nil
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

// textOffset is that of something inside a text of the record; -1: not known.
func textOffset(r records.Record, whole, inside string) int {
	at := place.Text(r.Raw, whole, inside)
	if at < 0 {
		return at
	}
	return r.Offset + at
}
