package baselock

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/protocol"
)

// Version is the current version of a lock, whose schema is
// docs/schema/lock.schema.json.
const Version = 1

// Encode returns the lock in the form in which it is committed.
func (l Lock) Encode() ([]byte, error) {
	var out bytes.Buffer
	if err := json.MarshalWrite(&out, l, json.Deterministic(true), jsontext.WithIndent("  ")); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// Decode reads a lock; name is for errors.
func Decode(name string, data []byte) (Lock, error) {
	format := protocol.Format[Lock]{File: name, Key: "version", Version: Version}
	l, err := format.DecodeStrict(data)
	if err != nil {
		return l, err
	}
	switch {
	case l.Model == "":
		err = errors.New("`model` is empty")
	case len(l.Files) == 0:
		err = errors.New("`files` is empty")
	case slices.ContainsFunc(l.SpecialTokens, func(t Token) bool { return strings.TrimSpace(t.Content) == "" }):
		err = errors.New("`special_tokens` has an entry without text")
	}
	if err != nil {
		err = fmt.Errorf("%s: %w (hint: run `tunegate setup --renew-lock` to rewrite it)", name, err)
	}
	return l, err
}
