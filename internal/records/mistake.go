package records

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/rawjson"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/text"
)

// The checks that reading makes, by the names under which it reports.
const (
	CheckJSON         = "json"
	CheckBOM          = "byte_order_mark"
	CheckDuplicateKey = "duplicate_key"
	CheckEncoding     = "encoding"
)

// Mistake is what reading a file or a record stumbles on.
type Mistake struct {
	Check  string
	Offset int // in the file's data, in bytes
	What   string
	Hint   string
}

// Mistake is what stands in the place of a record, if it is none.
func (r Record) Mistake() (Mistake, bool) {
	err := r.File.broken
	switch r.kind {
	case proper:
		return Mistake{}, false
	case atMark:
		return Mistake{CheckBOM, r.Offset, "the file begins with a byte-order mark", "save it as UTF-8 without one; other readers stop here"}, true
	case badLine:
		err = r.syntax(new(jsontext.Decoder))
	}
	m := Mistake{CheckJSON, r.Offset, err.Error(), "the file must be a JSON list of objects, or JSONL"}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		m.Offset = min(r.Offset+int(syntactic.ByteOffset), len(bytes.TrimRight(r.File.data, rawjson.Space)))
		m.What = "this is not JSON: " + syntactic.Err.Error()
		m.Hint = "check here and just before: a comma, quote or bracket may be missing or one too many"
	} else if errors.Is(err, io.EOF) {
		m.What = "the file is empty"
	} else if errors.Is(err, errPointer) {
		m.Hint = repo.OutOfLFS
	}
	return m, true
}

const maxQuoted = 60 // runes of a record in a mistake

// Fields reads the members of a record that is an object. A duplicate name and bad
// text are mistakes; then the last member of a name counts, and U+FFFD stands for what
// can't be read.
func (r Record) Fields() (fields []rawjson.Value, mistakes []Mistake) {
	var duplicates, badText bool
	for range 3 {
		var err error
		fields, err = rawjson.Object(r.Raw, r.Offset, jsontext.AllowDuplicateNames(duplicates), jsontext.AllowInvalidUTF8(badText))
		var syntactic *jsontext.SyntacticError
		if !errors.As(err, &syntactic) {
			break
		}
		m := Mistake{Check: CheckEncoding, Offset: r.Offset + int(syntactic.ByteOffset)}
		if errors.Is(err, jsontext.ErrDuplicateName) {
			duplicates = true
			m.Check = CheckDuplicateKey
			m.What = `the name "` + text.Begin(syntactic.JSONPointer.LastToken(), maxQuoted) + `" occurs twice`
			m.Hint = "keep one of them; readers disagree which one counts"
		} else {
			badText = true
			m.What = "this is not Unicode text: " + syntactic.Err.Error()
			m.Hint = "save the file as UTF-8; half of a surrogate pair is missing"
		}
		mistakes = append(mistakes, m)
	}
	return fields, mistakes
}
