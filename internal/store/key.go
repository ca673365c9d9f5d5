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

// Key is the lower-case hexadecimal sha256 that names a stage's result.
type Key string

// Short is the key's first eight characters, for people.
func (k Key) Short() string { return string(k[:min(8, len(k))]) }

// NewKey names a result by its stage and everything that decides it, in JSON.
func NewKey(stage string, parts ...any) Key {
	return Digest([]any{Schema, stage, parts})
}

// Digest is the sha256 of v's JSON form. Go writes struct fields in order and
// map keys sorted, so equal values give equal digests. It panics where v can
// not be written as JSON, which no options type of a stage allows.
func Digest(v any) Key {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("store: a key's parts must be JSON: %v", err))
	}
	sum := sha256.Sum256(data)
	return Key(hex.EncodeToString(sum[:]))
}

// FileDigest is the sha256 of a file's content, in lower-case hexadecimal.
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

// CanonicalDigest is the sha256 of v's canonical JSON (RFC 8785), which any
// program in any language can compute again.
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
