// Package rawjson splits JSON lists and objects into their raw values with offsets,
// without copying the text.
package rawjson

import (
	"bytes"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Space is JSON's white space.
const Space = " \t\r\n"

// Lenient accepts invalid UTF-8 and duplicate names, so that they do not hide the rest.
var Lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// Value is a member of a JSON object, or an element of a list without a name.
type Value struct {
	Name   string
	Offset int // in the file
	Raw    jsontext.Value
}

// ErrTooMany means that a list has more elements than the limit.
var ErrTooMany = errors.New("too many elements")

// List splits a JSON list of at most that many elements; base is the data's offset in
// the file.
func List(data []byte, base, most int) ([]Value, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data), Lenient)
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	var elements []Value
	for dec.PeekKind() != ']' {
		if len(elements) == most {
			return elements, ErrTooMany
		}
		element, err := nextValue(dec, data, base)
		if err != nil {
			return nil, err
		}
		elements = append(elements, element)
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	return elements, AtEnd(dec)
}

// Object splits a JSON object; base is the data's offset in the file.
func Object(data []byte, base int, options ...jsontext.Options) (members []Value, err error) {
	err = EachMember(data, base, func(member Value) { members = append(members, member) }, options...)
	if err != nil {
		return nil, err
	}
	return members, nil
}

// EachMember visits the members of a JSON object.
func EachMember(data []byte, base int, take func(Value), options ...jsontext.Options) error {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data), options...)
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		member, err := nextValue(dec, data, base)
		if err != nil {
			return err
		}
		member.Name = name
		take(member)
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	return AtEnd(dec)
}

func nextValue(dec *jsontext.Decoder, data []byte, base int) (Value, error) {
	value, err := dec.ReadValue()
	if err != nil {
		return Value{}, err
	}
	end := int(dec.InputOffset())
	start := end - len(value)
	return Value{Offset: base + start, Raw: data[start:end]}, nil
}

// AtEnd returns an error unless only white space is left.
func AtEnd(dec *jsontext.Decoder) error {
	unread := dec.UnreadBuffer()
	rest := bytes.TrimLeft(unread, Space)
	if len(rest) == 0 {
		return nil
	}
	return &jsontext.SyntacticError{
		ByteOffset: dec.InputOffset() + int64(len(unread)-len(rest)),
		Err:        errors.New("there is more text after the end"),
	}
}

// Text returns the text of a JSON string without surrounding white space, with U+FFFD
// for invalid Unicode.
func (v Value) Text() string {
	text, _ := jsontext.AppendUnquote(nil, v.Raw)
	return strings.TrimSpace(string(text))
}

// Blank reports whether a member counts as absent: null, or text without a word.
func (v Value) Blank() bool {
	return v.Raw.Kind() == 'n' || v.Raw.Kind() == '"' && v.Text() == ""
}

// KindName returns the name of a kind of value.
func KindName(kind jsontext.Kind) string {
	switch kind {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "text"
	case '0':
		return "a number"
	case '[':
		return "a list"
	default:
		return "an object"
	}
}
