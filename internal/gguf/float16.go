package gguf

import (
	"encoding/binary"
	"math"
)

// rebias turns the exponent of a half, shifted into place, into float32's.
const rebias = (127 - 15) << 23

// The magnitudes, as float32 bits, that round to a normal half: from 2^-14 to
// below 65520, half way between the largest half, 65504, and the next power of two.
const (
	minNormal = 0x38800000
	endNormal = 0x477ff000
)

// F16ToF32 widens an IEEE 754 half. Every half is exact in float32; a
// signalling NaN becomes a quiet one.
func F16ToF32(h uint16) float32 {
	if isNormal(h) {
		return widenNormal(h)
	}
	return widenSpecial(h)
}

// isNormal and its siblings for normal numbers are small enough to be inlined
// into the loops over whole tensors; the special cases are calls.
func isNormal(h uint16) bool { return h&0x7c00-0x400 < 0x7800 }

func widenNormal(h uint16) float32 {
	return math.Float32frombits(uint32(h&0x8000)<<16 | uint32(h&0x7fff)<<13 + rebias)
}

// widenSpecial widens zeros, subnormals, infinities and NaNs.
func widenSpecial(h uint16) float32 {
	sign, mantissa := uint32(h&0x8000)<<16, uint32(h&0x3ff)
	switch {
	case h&0x7c00 == 0: // a multiple of 2^-24
		return math.Float32frombits(sign | math.Float32bits(float32(mantissa)*0x1p-24))
	case mantissa == 0:
		return math.Float32frombits(sign | 0x7f800000)
	}
	return math.Float32frombits(sign | 0x7fc00000 | mantissa<<13)
}

// F32ToF16 rounds to the nearest half, ties to even. What rounds beyond 65504
// becomes an infinity; a NaN stays one, quiet.
func F32ToF16(f float32) uint16 {
	bits := math.Float32bits(f)
	if roundsToNormal(bits) {
		return roundNormal(bits)
	}
	return roundSpecial(bits)
}

func roundsToNormal(bits uint32) bool { return bits&0x7fffffff-minNormal < endNormal-minNormal }

func roundNormal(bits uint32) uint16 {
	magnitude := bits & 0x7fffffff
	return uint16(bits>>16)&0x8000 | uint16((magnitude+0xfff+magnitude>>13&1-rebias)>>13)
}

// roundSpecial rounds what does not become a normal half.
func roundSpecial(bits uint32) uint16 {
	sign, magnitude := uint16(bits>>16)&0x8000, bits&0x7fffffff
	switch {
	case magnitude > 0x7f800000:
		return sign | 0x7e00 | uint16(magnitude>>13)&0x3ff
	case magnitude >= endNormal:
		return sign | 0x7c00
	}
	// Beside 0.5, float32's last place is 2^-24, the unit of subnormal halves:
	// the addition rounds.
	return sign | uint16(math.Float32bits(math.Float32frombits(magnitude)+0.5)-0x3f000000)
}

// BF16ToF32 widens a bfloat16: the upper half of a float32. A signalling NaN
// becomes a quiet one.
func BF16ToF32(h uint16) float32 {
	if h&0x7fff > 0x7f80 {
		h |= 0x0040
	}
	return math.Float32frombits(uint32(h) << 16)
}

// F32ToBF16 rounds to the nearest bfloat16, ties to even. What rounds beyond
// its range becomes an infinity; a NaN stays one, quiet.
func F32ToBF16(f float32) uint16 {
	bits := math.Float32bits(f)
	if bits&0x7fffffff > 0x7f800000 {
		return uint16(bits>>16) | 0x0040
	}
	return uint16((bits + 0x7fff + bits>>16&1) >> 16)
}

// DecodeF16 widens little-endian halves. src holds at least 2*len(dst) bytes.
func DecodeF16(dst []float32, src []byte) {
	src = src[:2*len(dst)]
	for i := range dst {
		if h := binary.LittleEndian.Uint16(src[2*i:]); isNormal(h) {
			dst[i] = widenNormal(h)
		} else {
			dst[i] = widenSpecial(h)
		}
	}
}

// EncodeF16 rounds src to little-endian halves. dst holds at least 2*len(src)
// bytes. It returns the index of the first value that no finite half
// represents (too large, infinite or NaN), or -1.
func EncodeF16(dst []byte, src []float32) int {
	bad := -1
	for i, f := range src {
		bits := math.Float32bits(f)
		var h uint16
		if roundsToNormal(bits) {
			h = roundNormal(bits)
		} else if h = roundSpecial(bits); h&0x7c00 == 0x7c00 && bad < 0 {
			bad = i
		}
		binary.LittleEndian.PutUint16(dst[2*i:], h)
	}
	return bad
}
