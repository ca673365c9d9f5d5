package dataset

import (
	"errors"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/rawjson"
)

// fields reads a record's object. A duplicate name and bad text are problems;
// then the last member of a name counts, and U+FFFD stands for what can't be read.
func (r record) fields() (fields []rawjson.Value, problems []problem) {
	var duplicates, badText bool
	for range 3 {
		var err error
		fields, err = rawjson.Object(r.raw, r.offset, jsontext.AllowDuplicateNames(duplicates), jsontext.AllowInvalidUTF8(badText))
		var syntactic *jsontext.SyntacticError
		if !errors.As(err, &syntactic) {
			break
		}
		p := problem{check: checkEncoding, record: r, offset: r.offset + int(syntactic.ByteOffset)}
		if errors.Is(err, jsontext.ErrDuplicateName) {
			duplicates = true
			p.check = checkDuplicateKey
			p.what = "the name " + quoted(syntactic.JSONPointer.LastToken()) + " is there twice"
			p.hint = "keep one of them; readers disagree which one counts"
		} else {
			badText = true
			p.what = "this is not Unicode text: " + syntactic.Err.Error()
			p.hint = "save the file as UTF-8; half a surrogate pair needs its other half"
		}
		problems = append(problems, p)
	}
	return fields, problems
}
