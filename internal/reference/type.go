package reference

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/invopop/jsonschema"
	"github.com/tunegate/tunegate/internal/text"
)

// Type is what values a key takes.
type Type struct {
	Words  string             // such as "integer from 1 to 4096"
	Schema *jsonschema.Schema // the same for programs
}

const (
	section  = "section"
	sections = "list of sections"
)

// Mapping holds keys.
func Mapping() Type { return Type{section, &jsonschema.Schema{Type: "object"}} }

// Mappings is a list, each item of which holds keys.
func Mappings() Type {
	return Type{sections, &jsonschema.Schema{Type: "array", Items: Mapping().Schema}}
}

func (t Type) holds() bool { return t.Words == section || t.Words == sections }

// Text is any text. The words say what it is: "text", "path of a file".
func Text(words string) Type { return Type{words, &jsonschema.Schema{Type: "string"}} }

// Scalar is a text as well, but one that need not be quoted where it looks like a
// number or a truth value.
func Scalar(words string) Type {
	t := Either(Text(""), Number(), Switch())
	t.Words = words
	return t
}

// Matching is a text of a form, which the pattern gives in what RE2 and ECMAScript
// have in common. A text that unlike matches is none; empty: none is excluded.
func Matching(words, pattern, unlike string) Type {
	t := Text(words)
	t.Schema.Pattern = pattern
	if unlike != "" {
		t.Schema.Not = &jsonschema.Schema{Pattern: unlike}
	}
	return t
}

// Path is that of something inside the repository, relative to its top.
func Path(words string) Type { return Matching(words, `^[^/\\][^\\]*$`, `(^|/)\.\.(/|$)`) }

// OneOf is one of some words.
func OneOf(values ...string) Type {
	t := Text(text.Or(values))
	t.Schema.Enum = make([]any, len(values))
	for i, value := range values {
		t.Schema.Enum[i] = value
	}
	return t
}

// Exactly is one number.
func Exactly(value int) Type {
	return Type{strconv.Itoa(value), &jsonschema.Schema{Type: "integer", Const: value}}
}

// Integer is a whole number.
func Integer() Type { return Type{"integer", &jsonschema.Schema{Type: "integer"}} }

// AtLeast is a whole number that is not below low.
func AtLeast(low int) Type {
	t := Integer()
	t.Words, t.Schema.Minimum = fmt.Sprintf("integer from %d up", low), decimal(low)
	return t
}

// Between is a whole number.
func Between(low, high int) Type {
	t := AtLeast(low)
	t.Words, t.Schema.Maximum = fmt.Sprintf("integer from %d to %d", low, high), decimal(high)
	return t
}

// Number is any finite number.
func Number() Type { return Type{"number", &jsonschema.Schema{Type: "number"}} }

// Positive is a number above 0.
func Positive() Type {
	t := Number()
	t.Words, t.Schema.ExclusiveMinimum = "number above 0", "0"
	return t
}

// FromZero is a number that is not below 0.
func FromZero() Type {
	t := Number()
	t.Words, t.Schema.Minimum = "number from 0 up", "0"
	return t
}

// Share is a number from 0 to 1.
func Share() Type {
	t := FromZero()
	t.Words, t.Schema.Maximum = "number from 0 to 1", "1"
	return t
}

// ShareAboveZero is a number above 0, up to 1.
func ShareAboveZero() Type {
	t := Positive()
	t.Words, t.Schema.Maximum = "number above 0, up to 1", "1"
	return t
}

// ShareBelowOne is a number from 0 to below 1.
func ShareBelowOne() Type {
	t := FromZero()
	t.Words, t.Schema.ExclusiveMaximum = "number from 0 to below 1", "1"
	return t
}

// Switch is true or false.
func Switch() Type { return Type{"true or false", &jsonschema.Schema{Type: "boolean"}} }

// ListOf is a list. The words name its items in the plural.
func ListOf(words string, item Type) Type {
	return Type{"list of " + words, &jsonschema.Schema{Type: "array", Items: item.Schema}}
}

// NotEmpty is a list with something in it.
func (t Type) NotEmpty() Type {
	list := *t.Schema
	list.MinItems = new(uint64(1))
	return Type{t.Words, &list}
}

// Unique is a list without an item that stands in it twice.
func (t Type) Unique() Type {
	list := *t.Schema
	list.UniqueItems = true
	return Type{t.Words, &list}
}

// Either is a value of one of the types.
func Either(types ...Type) Type {
	either := Type{Schema: &jsonschema.Schema{}}
	for i, t := range types {
		if i > 0 {
			either.Words += " or "
		}
		either.Words += t.Words
		either.Schema.AnyOf = append(either.Schema.AnyOf, t.Schema)
	}
	return either
}

// Refers is a type of the format's Definitions.
func Refers(words, definition string) Type {
	return Type{words, &jsonschema.Schema{Ref: "#/$defs/" + definition}}
}

func decimal(n int) json.Number { return json.Number(strconv.Itoa(n)) }
