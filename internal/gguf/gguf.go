// Package gguf reads and writes the weight files of a model.
//
// In go GGUF version 3 files, safetensors files (single or sharded) and float32
// values; out come their metadata, tensor tables, values as float32, and GGUF
// files whose bytes depend on nothing but what was put in. Files are untrusted:
// every length and offset is checked against the file before it is used.
//
// The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
package gguf

import "fmt"

const (
	magic   = "GGUF"
	version = 3
	// defaultAlignment holds when the metadata has no alignmentKey; bytes.
	defaultAlignment = 32
	alignmentKey     = "general.alignment"
	maxDims          = 4
)

// Type is how a tensor's elements are stored, with ggml's numbers.
type Type uint32

// The types that this package reads and writes.
const (
	F32  Type = 0
	F16  Type = 1
	BF16 Type = 30
)

func (t Type) String() string {
	switch t {
	case F32:
		return "F32"
	case F16:
		return "F16"
	case BF16:
		return "BF16"
	}
	return fmt.Sprintf("type %d", uint32(t))
}

// size is in bytes an element; 0 for a type that is not known here.
func (t Type) size() uint64 {
	switch t {
	case F32:
		return 4
	case F16, BF16:
		return 2
	}
	return 0
}

// Tensor is one line of a file's tensor table.
type Tensor struct {
	Name string
	Type Type
	// Dims are the lengths with the fastest-varying one first: a matrix of
	// out rows and in columns is {in, out}, the reverse of PyTorch's shape.
	Dims []uint64
	// Offset is in bytes from the start of the data section. Writer lays the
	// tensors out itself and ignores it.
	Offset uint64
}

// Size returns the bytes that the tensor's data takes, padding not counted.
func (t Tensor) Size() uint64 {
	size := t.Type.size()
	for _, d := range t.Dims {
		size *= d
	}
	return size
}

// check refuses a tensor whose type is unknown or whose size is no sensible
// number of bytes.
func (t Tensor) check() error {
	if t.Type.size() == 0 {
		return fmt.Errorf("tensor %q has %s (known: F32, F16, BF16; convert the file to one of them)", t.Name, t.Type)
	}
	if len(t.Dims) == 0 || len(t.Dims) > maxDims {
		return fmt.Errorf("tensor %q has %d dimensions (GGUF allows 1 to %d)", t.Name, len(t.Dims), maxDims)
	}
	const maxSize = 1 << 62
	size := t.Type.size()
	for _, d := range t.Dims {
		if d == 0 || d > maxSize/size {
			return fmt.Errorf("tensor %q has the impossible dimensions %v (the file is damaged)", t.Name, t.Dims)
		}
		size *= d
	}
	return nil
}

// alignment returns what the metadata says, or the format's default.
func alignment(metadata []KV) (uint64, error) {
	kv, ok := Find(metadata, alignmentKey)
	if !ok {
		return defaultAlignment, nil
	}
	n, ok := kv.Uint()
	if !ok || n < 8 || n > 1<<20 || n&(n-1) != 0 {
		return 0, fmt.Errorf("metadata %s is no power of two from 8 to 1 MiB (the file is damaged)", alignmentKey)
	}
	return n, nil
}

// pad returns n rounded up to a multiple of align, a power of two.
func pad(n, align uint64) uint64 { return (n + align - 1) &^ (align - 1) }
