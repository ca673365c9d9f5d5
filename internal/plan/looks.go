package plan

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/rawjson"
	"github.com/tunegate/tunegate/internal/records"
)

// looksLikeRecords reports whether the beginning of a file could be that of a record
// file: its first objects, up to three, each have a question and an answer, or a
// conversation.
func looksLikeRecords(beginning []byte) bool {
	data := bytes.TrimLeft(bytes.TrimPrefix(beginning, []byte("\ufeff")), rawjson.Space)
	dec := jsontext.NewDecoder(bytes.NewBuffer(data), rawjson.Lenient)
	if dec.PeekKind() == '[' {
		_, _ = dec.ReadToken()
	} else if list, found := listWithin(data); found {
		dec = jsontext.NewDecoder(bytes.NewBuffer(list), rawjson.Lenient)
		_, _ = dec.ReadToken()
	}
	like := 0
	for like < 3 && dec.PeekKind() == '{' {
		value, err := dec.ReadValue()
		if err != nil {
			break // cut off, or no JSON
		}
		if !isConversation(value) {
			return false
		}
		like++
	}
	return like > 0
}

// listWithin is the list of records of an object, whose end may be cut off.
func listWithin(data []byte) ([]byte, bool) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data), rawjson.Lenient)
	if token, err := dec.ReadToken(); err != nil || token.Kind() != '{' {
		return nil, false
	}
	for dec.PeekKind() == '"' {
		token, err := dec.ReadToken()
		if err != nil {
			return nil, false
		}
		if slices.Contains(records.ListKeys(), token.String()) && dec.PeekKind() == '[' {
			rest := data[dec.InputOffset():]
			return rest[bytes.IndexByte(rest, '['):], true
		}
		if err := dec.SkipValue(); err != nil {
			return nil, false
		}
	}
	return nil, false
}

// isConversation reports whether an object's members are those of a record.
func isConversation(object jsontext.Value) bool {
	var members map[string]any
	if json.Unmarshal(object, &members, rawjson.Lenient) != nil {
		return false
	}
	questions, answers := dataset.PairKeys()
	isText := func(key string) bool { text, _ := members[key].(string); return strings.TrimSpace(text) != "" }
	isList := func(key string) bool { _, is := members[key].([]any); return is }
	return slices.ContainsFunc([]string{"messages", "conversations"}, isList) ||
		slices.ContainsFunc(questions, isText) && slices.ContainsFunc(answers, isText)
}
