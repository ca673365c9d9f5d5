// Package playbook writes the training files of the playbook's own scripts: the merged
// file and the rows, byte for byte as the scripts write them with CPython. It also
// counts the records that the scripts lose, so that they can be reported.
package playbook

import (
	"bytes"
	"errors"
	"fmt"
)

// File is a raw record file: a JSON list of records, or an object with the list
// under records, items, examples or data.
type File struct {
	Name string // for errors
	Data []byte
}

// MaxInput bounds a file, in bytes; a longer one is refused.
const MaxInput = 256 << 20

var listNames = []string{"records", "items", "examples", "data"}

// records returns the file's objects. Other elements of the list, or no list, are
// ignored.
func (f File) records() ([]value, error) {
	if len(f.Data) > MaxInput {
		return nil, fmt.Errorf("%s: the file has more than %d MB (hint: split it)", f.Name, MaxInput>>20)
	}
	v, err := parse(f)
	if err != nil {
		return nil, err
	}
	if v.kind == object {
		for _, name := range listNames {
			if found := v.member(name); found.kind == list {
				v = found
				break
			}
		}
	}
	var records []value
	for _, element := range v.list {
		if element.kind == object {
			records = append(records, element)
		}
	}
	return records, nil
}

// at is a position in the file as FILE:LINE.
func (f File) at(offset int) string {
	return fmt.Sprintf("%s:%d", f.Name, 1+bytes.Count(f.Data[:offset], []byte("\n")))
}

var errSurrogate = errors.New(`the record has half a surrogate pair, such as \ud83d, which is not Unicode text (hint: add its other half or remove it)`)
