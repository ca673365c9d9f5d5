package gguf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// raw makes a safetensors file from its header text and n bytes of data 0, 1, 2, ...
func raw(header string, n int) []byte {
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	file = append(file, header...)
	for i := range n {
		file = append(file, byte(i))
	}
	return file
}

func TestSafetensorsValues(t *testing.T) {
	t.Parallel()
	header := `{"__metadata__":{"format":"pt"},
		"f32":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
		"f16":{"dtype":"F16","shape":[1,3],"data_offsets":[8,14]},
		"bf16":{"dtype":"BF16","shape":[],"data_offsets":[14,16]},
		"none":{"dtype":"F32","shape":[0,4],"data_offsets":[16,16]}}`
	file := raw(header, 0)
	file = binary.LittleEndian.AppendUint32(file, math.Float32bits(1.5))
	file = binary.LittleEndian.AppendUint32(file, math.Float32bits(-2))
	for _, f := range []float32{0.25, 3, -0.5} {
		file = binary.LittleEndian.AppendUint16(file, F32ToF16(f))
	}
	file = binary.LittleEndian.AppendUint16(file, F32ToBF16(7))
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := OpenSafetensors(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if got := w.Names(); !slices.Equal(got, []string{"bf16", "f16", "f32", "none"}) {
		t.Errorf("names %v", got)
	}
	for name, want := range map[string]struct {
		shape  []int
		values []float32
	}{
		"f32":  {[]int{2}, []float32{1.5, -2}},
		"f16":  {[]int{1, 3}, []float32{0.25, 3, -0.5}},
		"bf16": {nil, []float32{7}},
		"none": {[]int{0, 4}, nil},
	} {
		a, _ := w.Find(name)
		got := make([]float32, a.Len())
		if err := a.Float32s(got, 0); err != nil || !slices.Equal(got, want.values) || !slices.Equal(a.Shape, want.shape) {
			t.Errorf("%s: %v %v %v, want %v", name, got, a.Shape, err, want)
		}
	}
	a, _ := w.Find("f16")
	got := make([]float32, 2)
	if err := a.Float32s(got, 1); err != nil || got[0] != 3 || got[1] != -0.5 {
		t.Errorf("from 1: %v, %v", got, err)
	}
	if err := a.Float32s(got, 2); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("past the end: error %v, want one with the path", err)
	}
}

func TestSafetensorsRefuses(t *testing.T) {
	t.Parallel()
	one := func(dtype, shape, offsets string) string {
		return fmt.Sprintf(`{"w":{"dtype":%q,"shape":%s,"data_offsets":%s}}`, dtype, shape, offsets)
	}
	pair := func(a, b string) string {
		return fmt.Sprintf(`{"a":{"dtype":"F32","shape":[1],"data_offsets":%s},"b":{"dtype":"F32","shape":[1],"data_offsets":%s}}`, a, b)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":            {nil, "shorter than"},
		"over the cap":     {edit(raw("{}", 0), 0, maxJSON+1, 8), "at most 100000000"},
		"cut header":       {raw("{}", 0)[:9], "a header of 2 bytes in a file of 9"},
		"endless header":   {edit(raw("{}", 0), 0, 1<<63, 8), "a header of 9223372036854775808 bytes in a file of 10"},
		"no JSON":          {raw("[1]", 0), "not a JSON object"},
		"too many values":  {raw("{"+strings.Repeat(",", maxCommas+1), 0), "more than 2097152 values"},
		"duplicate tensor": {raw(`{"w":{},"w":{}}`, 0), "duplicate"},
		"duplicate key":    {raw(`{"w":{"dtype":"F32","dtype":"F16"}}`, 0), "duplicate"},
		"unknown key":      {raw(`{"w":{"kind":"F32"}}`, 0), `tensor "w"`},
		"unknown dtype":    {raw(one("I64", "[1]", "[0,8]"), 8), `dtype "I64" is not supported`},
		"out of range":     {raw(one("F32", "[2]", "[0,8]"), 7), "outside the 7 bytes"},
		"negative":         {raw(one("F32", "[2]", "[-8,0]"), 8), "outside"},
		"backwards":        {raw(one("F32", "[2]", "[8,0]"), 8), "outside"},
		"wrong size":       {raw(one("F32", "[3]", "[0,8]"), 8), "takes 12 bytes, the file holds 8"},
		"negative shape":   {raw(one("F32", "[-1,-2]", "[0,8]"), 8), "impossible"},
		"shape overflows":  {raw(one("F32", "[4611686018427387904,4]", "[0,0]"), 0), "impossible"},
		"fraction":         {raw(one("F32", "[1.5]", "[0,8]"), 8), `tensor "w"`},
		"overlap":          {raw(pair("[0,4]", "[0,4]"), 4), `"a" and "b" overlap`},
		"hole":             {raw(pair("[0,4]", "[8,12]"), 12), `bytes 4 to 8 before tensor "b"`},
		"hole at the end":  {raw(pair("[0,4]", "[4,8]"), 9), "the last 1 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseSafetensors("m.safetensors", bytes.NewReader(c.data), int64(len(c.data)))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "m.safetensors: ") {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func FuzzSafetensors(f *testing.F) {
	f.Add(raw(`{"a":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},"__metadata__":{}}`, 4))
	f.Add(raw(`{"a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]},"b":{"dtype":"F32","shape":[0],"data_offsets":[2,2]}}`, 2))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := ParseSafetensors("fuzz", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for _, name := range w.Names() {
			a, _ := w.Find(name)
			if err := a.Float32s(make([]float32, a.Len()), 0); err != nil {
				t.Error(err)
			}
		}
	})
}
