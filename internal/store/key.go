package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json/jsontext"
)

// Key is the lower-case hexadecimal sha256 that identifies a stage's result.
type Key string

// Short is the key's first eight characters, for people.
func (k Key) Short() string { return string(k[:min(8, len(k))]) }

// NewKey derives a key from a stage and everything that decides its result, as JSON.
func NewKey(stage string, parts ...any) Key {
	return Digest([]any{Schema, stage, parts})
}

// Digest returns the sha256 of v as JSON. Go writes struct fields in order and map
// keys sorted, so equal values have equal digests. It panics if v cannot be written as
// JSON, which no stage's options type allows.
func Digest(v any) Key {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("store: a key's parts must be JSON: %v", err))
	}
	sum := sha256.Sum256(data)
	return Key(hex.EncodeToString(sum[:]))
}

// FileDigest returns the sha256 of a file's content, in lower-case hexadecimal.
func FileDigest(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// CanonicalDigest returns the sha256 of v's canonical JSON (RFC 8785), which a program
// in any language can reproduce.
func CanonicalDigest(v any) Key {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("store: a key's parts must be JSON: %v", err))
	}
	value := jsontext.Value(data)
	if err := value.Canonicalize(); err != nil {
		panic(fmt.Sprintf("store: canonical JSON: %v", err))
	}
	sum := sha256.Sum256(value)
	return Key(hex.EncodeToString(sum[:]))
}
