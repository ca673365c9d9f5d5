package gguf

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

// TestTypes pins the arithmetic to the table of the format's specification.
func TestTypes(t *testing.T) {
	t.Parallel()
	q8 := &Type{Name: "Q8_0", ID: 8, Elements: 32, Bytes: 34}
	for _, c := range []struct {
		tensor Tensor
		size   uint64
		id     uint32
	}{
		{Tensor{Type: F32, Dims: []uint64{3, 5}}, 60, 0},
		{Tensor{Type: F16, Dims: []uint64{3, 5}}, 30, 1},
		{Tensor{Type: BF16, Dims: []uint64{3, 5}}, 30, 30},
		{Tensor{Type: q8, Dims: []uint64{64, 5, 2}}, 680, 8},
	} {
		if got := c.tensor.Size(); got != c.size || c.tensor.Type.ID != c.id {
			t.Errorf("%s: %d bytes, id %d; want %d and %d", c.tensor.Type, got, c.tensor.Type.ID, c.size, c.id)
		}
	}
	if got := q8.Size(96); got != 102 {
		t.Errorf("96 elements take %d bytes, want 102", got)
	}
}

// TestOtherTypes: a file of a type that is not known reads with it and not without.
func TestOtherTypes(t *testing.T) {
	t.Parallel()
	pair := &Type{Name: "PAIR", ID: 99, Elements: 2, Bytes: 3}
	data := write(t, nil, []Tensor{{Name: "w", Type: pair, Dims: []uint64{4, 3}}})
	if _, err := Known().Parse(bytes.NewReader(data), int64(len(data))); err == nil || !strings.Contains(err.Error(), `"w" has type 99, which is not supported (hint: convert the file to one of F32, F16, BF16)`) {
		t.Errorf("error %v", err)
	}
	f, err := append(Known(), pair).Parse(bytes.NewReader(data), int64(len(data)))
	if err != nil || f.Tensors[0].Type != pair || f.Tensors[0].Size() != 18 {
		t.Errorf("%v, %v", f, err)
	}
}

// TestBound: the number half way to the neighbour lies at the bound, for every
// half and the singles of the same values.
func TestBound(t *testing.T) {
	t.Parallel()
	for h := range uint16(0x7bff) {
		raw := binary.LittleEndian.AppendUint16(nil, h)
		var value, bound [1]float32
		F16.Decode(value[:], raw)
		F16.Bound(bound[:], raw)
		if next := F16ToF32(h + 1); value[0]+2*bound[0] != next {
			t.Fatalf("%#04x: bound %v, the next half is %v", h, bound[0], next)
		}
		raw = binary.LittleEndian.AppendUint32(nil, math.Float32bits(value[0]))
		F32.Bound(bound[:], raw)
		if next := math.Nextafter32(value[0], 1e9); value[0] > 0 && value[0]+2*bound[0] != next {
			t.Fatalf("%v: bound %v, the next single is %v", value[0], bound[0], next)
		}
	}
}

func TestEncodeF32(t *testing.T) {
	t.Parallel()
	src := []float32{0, -1.5, float32(math.Inf(1)), float32(math.NaN())}
	raw := make([]byte, F32.Size(len(src)))
	if bad := F32.Encode(raw, src); bad != 2 {
		t.Errorf("bad value at %d, want 2", bad)
	}
	back := make([]float32, 3)
	F32.Decode(back, raw)
	if back[1] != -1.5 || back[2] != src[2] {
		t.Errorf("reads back as %v", back)
	}
	if bad := F32.Encode(raw, src[:2]); bad != -1 {
		t.Errorf("bad value at %d, want none", bad)
	}
}
