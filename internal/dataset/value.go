package dataset

import (
	"bytes"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const jsonSpace = " \t\r\n"

// lenient lets one record's bad text not hide all the others.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// field is a member of a JSON object, or a nameless element of a list.
type field struct {
	name   string
	offset int // of the value in the file
	raw    jsontext.Value
}

// errTooMany says that a list has more elements than were asked for.
var errTooMany = errors.New("too many elements")

// list splits a JSON list of at most so many elements; base is the offset of the data
// in the file.
func list(data []byte, base, most int) ([]field, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data), lenient)
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	var elements []field
	for dec.PeekKind() != ']' {
		if len(elements) == most {
			return elements, errTooMany
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
	return elements, atEnd(dec)
}

// object splits a JSON object; base is the offset of the data in the file.
func object(data []byte, base int, options ...jsontext.Options) (members []field, err error) {
	err = eachMember(data, base, func(member field) { members = append(members, member) }, options...)
	if err != nil {
		return nil, err
	}
	return members, nil
}

// eachMember takes the members of a JSON object one by one.
func eachMember(data []byte, base int, take func(field), options ...jsontext.Options) error {
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
		member.name = name
		take(member)
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	return atEnd(dec)
}

func nextValue(dec *jsontext.Decoder, data []byte, base int) (field, error) {
	value, err := dec.ReadValue()
	if err != nil {
		return field{}, err
	}
	end := int(dec.InputOffset())
	start := end - len(value)
	return field{offset: base + start, raw: data[start:end]}, nil
}

// atEnd is an error unless only white space is left.
func atEnd(dec *jsontext.Decoder) error {
	unread := dec.UnreadBuffer()
	rest := bytes.TrimLeft(unread, jsonSpace)
	if len(rest) == 0 {
		return nil
	}
	return &jsontext.SyntacticError{
		ByteOffset: dec.InputOffset() + int64(len(unread)-len(rest)),
		Err:        errors.New("there is more text after the end"),
	}
}

// text gives the text of a JSON string without white space around it.
func (f field) text() string {
	// The error is about bad UTF-8, which record.fields has reported.
	text, _ := jsontext.AppendUnquote(nil, f.raw)
	return strings.TrimSpace(string(text))
}

// blank says that a member is as good as absent: null, or text without a word.
func (f field) blank() bool {
	return f.raw.Kind() == 'n' || f.raw.Kind() == '"' && f.text() == ""
}

func kindName(kind jsontext.Kind) string {
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
