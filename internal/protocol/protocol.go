// Package protocol reads JSON files that another tunegate wrote, perhaps an older one
// or in another job. It returns the value, or an error that says which side must be
// updated. A file's content is declared by Go types, published as a JSON Schema (see
// protocoltest), and numbered: a reader takes every version up to its own, and refuses
// later ones.
package protocol

import (
	"bytes"
	legacy "encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ErrNewer is behind the refusal of a version that this program does not know yet.
var ErrNewer = errors.New("made by a newer tunegate")

// Format is a kind of file whose current version is decoded into a T.
type Format[T any] struct {
	File    string // what it is called in errors: report.json
	Key     string // the field with the version, an integer from 1
	Version int    // the current one
	// Migrations make of an object of an earlier version one of the next: the last
	// is from Version-1. Versions before the first are read no more. A file without
	// Key has version 0.
	Migrations []Migration
}

// Migration changes a decoded JSON object in place. Its numbers are json.Number.
type Migration func(object map[string]any) error

// Decode reads a file of the current version or an older one. Fields that are not
// known are left out; a name that comes twice is refused, so that no two readers differ.
func (f Format[T]) Decode(data []byte) (T, error) { return f.decode(data, false) }

// DecodeStrict is Decode, and refuses fields that are not known: for a file that
// comes from someone who is not trusted.
func (f Format[T]) DecodeStrict(data []byte) (T, error) { return f.decode(data, true) }

func (f Format[T]) decode(data []byte, strict bool) (T, error) {
	var value T
	version, err := f.version(data)
	if err != nil {
		return value, err
	}
	if version < f.Version {
		if data, err = f.migrate(data, version); err != nil {
			return value, err
		}
	}
	if err := json.Unmarshal(data, &value, json.RejectUnknownMembers(strict)); err != nil {
		return value, fmt.Errorf("%s: %w (hint: use the version of tunegate that wrote it)", f.File, err)
	}
	return value, nil
}

// version reads the version, and refuses one that this program does not know.
func (f Format[T]) version(data []byte) (int, error) {
	var fields map[string]jsontext.Value
	if err := json.Unmarshal(data, &fields); err != nil {
		return 0, fmt.Errorf("%s: %w (hint: check whether the file is truncated)", f.File, err)
	}
	if fields == nil { // null
		return 0, fmt.Errorf("%s: not a JSON object (hint: check that tunegate wrote it)", f.File)
	}
	version := 0
	if raw, there := fields[f.Key]; there {
		var err error
		if version, err = strconv.Atoi(string(raw)); err != nil || version < 1 {
			return 0, fmt.Errorf("%s: %.40q is not a valid `%s` (hint: check that tunegate wrote it)", f.File, raw, f.Key)
		}
	}
	switch {
	case version > f.Version:
		return 0, fmt.Errorf("%s has %s %d, but this tunegate reads up to %d (hint: it was %w; update this one)", f.File, f.Key, version, f.Version, ErrNewer)
	case version < f.oldest():
		return 0, fmt.Errorf("%s has %s %d, but this tunegate reads %d (hint: it was made by an older tunegate; make it again)", f.File, f.Key, version, f.Version)
	}
	return version, nil
}

// migrate gives the data in the current version.
func (f Format[T]) migrate(data []byte, version int) ([]byte, error) {
	decoder := legacy.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // a seed does not fit into a float
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, fmt.Errorf("%s: %w", f.File, err)
	}
	for ; version < f.Version; version++ {
		if err := f.Migrations[version-f.oldest()](object); err != nil {
			return nil, fmt.Errorf("%s of version %d: %w", f.File, version, err)
		}
		object[f.Key] = version + 1
	}
	return legacy.Marshal(object)
}

// oldest is the first version that is read.
func (f Format[T]) oldest() int { return f.Version - len(f.Migrations) }
