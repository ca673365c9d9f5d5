package place

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/rawjson"
)

// Text gives the place, in bytes, of a text in a record's JSON: of the string that is
// the text but for white space around it, and inside that of a part of the text where
// it is written without escapes; -1: there is no such string.
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
