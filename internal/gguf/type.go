package gguf

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

// Type is how a tensor's elements are stored: a row is a sequence of blocks, each with
// the same number of elements in the same number of bytes. A Type never changes and is
// compared by its address.
//
// The functions take whole blocks of one row or of several.
type Type struct {
	Name     string // as ggml spells it: F16
	ID       uint32 // its number in the tensor table of a GGUF file
	Elements int    // of a block
	Bytes    int    // of a block

	// Decode reads len(dst) elements from src.
	Decode func(dst []float32, src []byte)
	// Encode rounds src into dst. It returns the index of the first element that
	// the type cannot hold (too large, infinite or NaN), or -1. It is nil for a
	// read-only type.
	Encode func(dst []byte, src []float32) (bad int)
	// Bound gives for each of len(dst) elements of src the largest distance between the
	// number that was rounded to it and the one that Decode reads. It is nil for a
	// read-only type.
	Bound func(dst []float32, src []byte)
}

// F32 is IEEE 754's single.
var F32 = &Type{Name: "F32", ID: 0, Elements: 1, Bytes: 4, Decode: decodeF32, Encode: encodeF32, Bound: boundF32}

// F16 is IEEE 754's half.
var F16 = &Type{Name: "F16", ID: 1, Elements: 1, Bytes: 2, Decode: DecodeF16, Encode: EncodeF16, Bound: boundF16}

// BF16 is the upper half of a float32. It is read-only.
var BF16 = &Type{Name: "BF16", ID: 30, Elements: 1, Bytes: 2, Decode: decodeBF16}

// Types are the types that a file may hold.
type Types []*Type

// Known returns the types that this package reads.
func Known() Types { return Types{F32, F16, BF16} }

// String lists the names.
func (types Types) String() string {
	var names []string
	for _, t := range types {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

// find returns the type with ggml's number id, nil for none.
func (types Types) find(id uint32) *Type {
	i := slices.IndexFunc(types, func(t *Type) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return types[i]
}

func (t *Type) String() string { return t.Name }

// Size returns the bytes of that many elements, which are whole blocks.
func (t *Type) Size(elements int) int { return elements / t.Elements * t.Bytes }

func decodeF32(dst []float32, src []byte) {
	src = src[:4*len(dst)]
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

func encodeF32(dst []byte, src []float32) int {
	bad := -1
	for i, f := range src {
		if f-f != 0 && bad < 0 {
			bad = i
		}
		binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(f))
	}
	return bad
}

// boundF32 gives half a unit in the last place, or 2^-126 if that is more.
func boundF32(dst []float32, src []byte) {
	src = src[:4*len(dst)]
	for i := range dst {
		e := max(binary.LittleEndian.Uint32(src[4*i:])>>23&255, 25)
		dst[i] = math.Float32frombits((e - 24) << 23)
	}
}

func decodeBF16(dst []float32, src []byte) {
	src = src[:2*len(dst)]
	for i := range dst {
		dst[i] = BF16ToF32(binary.LittleEndian.Uint16(src[2*i:]))
	}
}

// boundF16 gives half a unit in the last place: 2^(e-26), where e is the biased
// exponent, at least 1.
func boundF16(dst []float32, src []byte) {
	src = src[:2*len(dst)]
	for i := range dst {
		e := uint32(max(binary.LittleEndian.Uint16(src[2*i:])>>10&31, 1))
		dst[i] = math.Float32frombits((127 + e - 26) << 23)
	}
}
