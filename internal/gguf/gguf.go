// Package gguf reads and writes the weight files of a model: GGUF version 3, and
// safetensors (single or sharded), which it only reads.
//
// The bytes of a written file depend only on its metadata, tensor table and values. Files are untrusted: every length and offset is checked against the file
// before it is used.
//
// The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
package gguf

import "fmt"

const (
	magic   = "GGUF"
	version = 3
	// defaultAlignment, in bytes, applies if the metadata has no alignmentKey.
	defaultAlignment = 32
	alignmentKey     = "general.alignment"
)

// alignment returns the metadata's alignment, or the format's default.
func alignment(metadata []KV) (uint64, error) {
	kv, ok := Find(metadata, alignmentKey)
	if !ok {
		return defaultAlignment, nil
	}
	n, ok := kv.Uint()
	if !ok || n < 8 || n > 1<<20 || n&(n-1) != 0 {
		return 0, fmt.Errorf("metadata %s is not a power of two from 8 to 1 MiB (hint: the file is damaged, copy it again)", alignmentKey)
	}
	return n, nil
}

// pad returns n rounded up to a multiple of align, a power of two.
func pad(n, align uint64) uint64 { return (n + align - 1) &^ (align - 1) }
