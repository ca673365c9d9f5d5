package place

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Text gives the place, in bytes, of a text in a record's JSON: of the string that is
// the text but for white space around it, and inside that of a part of the text where
// it is written without escapes; -1: there is no such string.
func Text(record jsontext.Value, whole, part string) int {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(record), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
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
		// The error is about bad UTF-8, which stands there as U+FFFD.
		if text, _ := jsontext.AppendUnquote(nil, value); strings.TrimSpace(string(text)) == whole {
			return int(decoder.InputOffset()) - len(value) + max(0, bytes.Index(value, []byte(part)))
		}
	}
}
