// Package place finds the file and line of each row in the rows.jsonl that the dataset
// stage writes.
package place

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// File is separate from train.jsonl, whose bytes are part of the training's key, so
// that a record that only moved does not cause a training.
const File = "rows.jsonl"

// Place is the location of a row's record in the judged tree: a line of rows.jsonl,
// which has one for every row, in file order.
type Place struct {
	// ID and Source identify the row.
	ID     string `json:"id"`
	Source string `json:"source"`
	File   string `json:"file"`
	// Line is the record's first line, from 1; 0: unknown.
	Line int `json:"line"`
	// Column is the record's first one, from 1, if another record begins on its line.
	Column int `json:"column,omitzero"`
	// Pointer is the record's JSON pointer (RFC 6901) in the file; empty for
	// a line of a JSONL file.
	Pointer string `json:"pointer"`
	// New is true if the change added or edited the record.
	New bool `json:"new"`
}

// Where returns file:line, with the column if other records begin there, or the row's Source if the line is unknown.
func (p Place) Where() string {
	if p.Line == 0 {
		return p.Source
	}
	if p.Column > 0 {
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Places are the locations of a result's rows, by Source.
type Places map[string]Place

// Load reads the places from a result's folder. For a result of an earlier version,
// which has none, the error is fs.ErrNotExist.
func Load(ctx context.Context, dir string) (Places, error) {
	path := filepath.Join(dir, File)
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	places := make(Places)
	decoder := jsontext.NewDecoder(bufio.NewReader(file), jsontext.AllowInvalidUTF8(true))
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var place Place
		switch err := json.UnmarshalDecode(decoder, &place); {
		case errors.Is(err, io.EOF):
			return places, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w (hint: run again with --force dataset)", path, err)
		}
		places[place.Source] = place
	}
}

// Merged returns the places after the merge: no row is new.
func (p Places) Merged() Places {
	merged := make(Places, len(p))
	for source, place := range p {
		place.New = false
		merged[source] = place
	}
	return merged
}

// Of returns the place of the row with a Source. For an unknown one it returns only
// the file, not new.
func (p Places) Of(source string) Place {
	if place, known := p[source]; known {
		return place
	}
	file := source
	if at := strings.LastIndexByte(source, '#'); at >= 0 {
		file = source[:at]
	}
	return Place{Source: source, File: file}
}
