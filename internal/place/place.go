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

// File is apart from train.jsonl, whose bytes are part of the training's key: a
// record that only moved trains nothing.
const File = "rows.jsonl"

// Place is where a row's record stands in the judged tree: a line of rows.jsonl,
// which has one for every row, in the order of the files.
type Place struct {
	// ID and Source are the row's.
	ID     string `json:"id"`
	Source string `json:"source"`
	File   string `json:"file"`
	// Line is where the record begins, from 1; 0: not known.
	Line int `json:"line"`
	// Pointer is the record's JSON pointer (RFC 6901) in the file; empty for one
	// that has a line of a JSONL file to itself.
	Pointer string `json:"pointer"`
	// New says that the change added the record, or edited it.
	New bool `json:"new"`
}

// Where is file:line, or the row's Source where the line is not known.
func (p Place) Where() string {
	if p.Line == 0 {
		return p.Source
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Places are those of all rows of a result, by the rows' Source.
type Places map[string]Place

// Load reads the places of the rows in a result's folder. Of a result of an
// earlier version, which has none, the error is fs.ErrNotExist.
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

// Merged are the places of the same rows once the base holds them: none is new.
func (p Places) Merged() Places {
	merged := make(Places, len(p))
	for source, place := range p {
		place.New = false
		merged[source] = place
	}
	return merged
}

// Of gives the place of the row with a Source. Of one that is not known it gives
// the file alone, and the row is not new.
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
