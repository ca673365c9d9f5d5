package place

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/rawjson"
)

// Text returns the byte offset of a text in a record's JSON: of the string that equals
// it up to surrounding white space and, within it, of a part of the text if it is
// written without escapes; -1: not found.
func Text(record jsontext.Value, whole, part string) int {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(record), rawjson.Lenient)
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
		if (rawjson.Value{Raw: value}).Text() == whole {
			return int(decoder.InputOffset()) - len(value) + max(0, bytes.Index(value, []byte(part)))
		}
	}
}
