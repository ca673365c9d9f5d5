package export

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gguf"
)

// newToyType makes a type of signed bytes with one scale in F16 a block.
func newToyType(elements int) *gguf.Type {
	return &gguf.Type{
		Name: "TOY", ID: 1000, Elements: elements, Bytes: 2 + elements,
		Decode: func(dst []float32, src []byte) {
			for i := range dst {
				block := src[i/elements*(2+elements):]
				dst[i] = gguf.F16ToF32(binary.LittleEndian.Uint16(block)) * float32(int8(block[2+i%elements]))
			}
		},
		Encode: func(dst []byte, src []float32) int {
			for first := 0; first < len(src); first += elements {
				values, block := src[first:][:elements], dst[first/elements*(2+elements):]
				var largest float32
				for i, v := range values {
					if v-v != 0 {
						return first + i
					}
					largest = max(largest, v, -v)
				}
				scale := gguf.F32ToF16(largest / 127)
				binary.LittleEndian.PutUint16(block, scale)
				for i, v := range values {
					block[2+i] = 0
					if step := gguf.F16ToF32(scale); step > 0 {
						block[2+i] = byte(int8(max(-127, min(127, math.RoundToEven(float64(v/step))))))
					}
				}
			}
			return -1
		},
		// Half a step, and what rounding the scale down takes from the largest element.
		Bound: func(dst []float32, src []byte) {
			for i := range dst {
				step := gguf.F16ToF32(binary.LittleEndian.Uint16(src[i/elements*(2+elements):]))
				dst[i] = max(step/2*(1+127*0x1p-10), 127*0x1p-25)
			}
		},
	}
}

// withType is the exporter with a type more, chosen by the quantization "toy".
func withType(kind *gguf.Type) exporter {
	return exporter{families(), append(gguf.Known(), kind), append(quantizations(), quantization{"toy", 7, always(kind)})}
}

func TestToyTypeKeepsItsBound(t *testing.T) {
	t.Parallel()
	kind := newToyType(8)
	values := random(4, "w", "F32", 1<<14).values
	for i := range values[:64] {
		values[i] *= 1e-6 // a scale among F16's subnormals
	}
	raw, back, bound := make([]byte, kind.Size(len(values))), make([]float32, len(values)), make([]float32, len(values))
	if bad := kind.Encode(raw, values); bad >= 0 {
		t.Fatalf("element %d is refused", bad)
	}
	kind.Decode(back, raw)
	kind.Bound(bound, raw)
	for i, v := range values {
		if !near(float64(back[i]), float64(v), float64(bound[i])) {
			t.Fatalf("element %d: %v became %v, the bound is %v", i, v, back[i], bound[i])
		}
	}
}

// TestTypeDoor takes a block type through NAME-base, a candidate and the proof.
func TestTypeDoor(t *testing.T) {
	t.Parallel()
	kind := newToyType(8)
	e := withType(kind)
	base, _ := exports(t)
	dir := t.TempDir()
	baseExport, candidate := filepath.Join(dir, "name-base"), filepath.Join(dir, "candidate")
	if _, err := e.run(context.Background(), Options{"toy"}, base, nil, baseExport, nil); err != nil {
		t.Fatal(err)
	}
	checkToyTypes(t, e, base, baseExport)
	a := newAdapter().save(t, baseExport)
	proof, err := e.run(context.Background(), Options{"toy"}, base, a, candidate, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(proof.Changed) != 3 || proof.Unchanged != 23 {
		t.Errorf("%d changed, %d unchanged", len(proof.Changed), proof.Unchanged)
	}
	original := readTensorsOf(t, e, baseExport)
	const patched = "blk.1.ffn_down.weight"
	for name, c := range map[string]struct {
		edit       func(name string, data []byte)
		name, want string
	}{
		"intact": {func(string, []byte) {}, "", ""},
		"not merged": {func(name string, data []byte) {
			if name == patched {
				copy(data, original[name])
			}
		}, ChangeDiffers, patched},
		"a sampled block's scale": {func(name string, data []byte) {
			if name == patched {
				data[1] ^= 4
			}
		}, ChangeDiffers, patched + " row 0, column 5"},
		"another tensor": {func(name string, data []byte) {
			if name == "blk.0.attn_output.weight" {
				data[9] ^= 1
			}
		}, UnexpectedChange, "blk.0.attn_output.weight"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := proveAgain(t, e, base, *a, rewriteOf(t, e, candidate, nil, c.edit))
			var named *Error
			if c.name == "" && err == nil {
				return
			}
			if !errors.As(err, &named) || named.Name != c.name || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %s with %q", err, c.name, c.want)
			}
		})
	}
}

// checkToyTypes: matrices are written in the type within its bound, vectors as before.
func checkToyTypes(t *testing.T, e exporter, base, written string) {
	t.Helper()
	f, err := e.types.Open(written)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if kv, _ := gguf.Find(f.Metadata, keyFileType); kv.Raw[0] != 7 {
		t.Errorf("general.file_type is %v", kv.Raw)
	}
	before, after := readTensors(t, base), readTensorsOf(t, e, written)
	for _, tensor := range f.Tensors {
		old := before[tensor.Name]
		if len(tensor.Dims) == 1 {
			if tensor.Type != gguf.F32 || string(old) != string(after[tensor.Name]) {
				t.Errorf("%s of the type %s differs", tensor.Name, tensor.Type)
			}
			continue
		}
		want := make([]float32, len(old)/2)
		got, bound := make([]float32, len(want)), make([]float32, len(want))
		gguf.DecodeF16(want, old)
		tensor.Type.Decode(got, after[tensor.Name])
		tensor.Type.Bound(bound, after[tensor.Name])
		for i, v := range want {
			if tensor.Type.Name != "TOY" || !near(float64(got[i]), float64(v), float64(bound[i])) {
				t.Fatalf("%s (%s) element %d: %v, want %v", tensor.Name, tensor.Type, i, got[i], v)
			}
		}
	}
}

func TestTypeDoorRefuses(t *testing.T) {
	t.Parallel()
	base, _ := exports(t)
	unwritable := newToyType(8)
	unwritable.Encode = nil
	narrow := *newToyType(8)
	narrow.Encode = func([]byte, []float32) int { return 3 }
	for name, c := range map[string]struct {
		kind               *gguf.Type
		quantization, want string
	}{
		"rows of no whole blocks": {newToyType(32), "toy", `tensor "blk.0.ffn_down.weight" has rows of 40 elements, TOY stores them in blocks of 32`},
		"only read":               {unwritable, "toy", "tensor token_embd.weight would be written as TOY, a read-only type"},
		"range":                   {&narrow, "toy", "token_embd.weight row 0: the base exceeds the range of TOY"},
		"another name":            {newToyType(8), "toys", `"toys" is not built yet (hint: use one of f16, toy)`},
	} {
		out := filepath.Join(t.TempDir(), "out")
		_, err := withType(c.kind).run(context.Background(), Options{c.quantization}, base, nil, out, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
		expectEmpty(t, filepath.Dir(out))
	}
	toys := filepath.Join(t.TempDir(), "toys")
	if _, err := withType(newToyType(8)).run(context.Background(), Options{"toy"}, base, nil, toys, nil); err != nil {
		t.Fatal(err)
	}
	_, err := Run(context.Background(), Options{"f16"}, toys, nil, toys+".2", nil)
	if want := `tensor "token_embd.weight" has type 1000, which is not supported (hint: convert the file to one of F32, F16, BF16)`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
}

// TestChangeLostInRounding: a change far below the step of the type is said to be lost.
func TestChangeLostInRounding(t *testing.T) {
	t.Parallel()
	e := withType(newToyType(8))
	base, _ := exports(t)
	baseExport := filepath.Join(t.TempDir(), "name-base")
	if _, err := e.run(context.Background(), Options{"toy"}, base, nil, baseExport, nil); err != nil {
		t.Fatal(err)
	}
	a := newAdapter()
	a.scale(2, 1e-7)
	_, err := e.run(context.Background(), Options{"toy"}, base, a.save(t, baseExport), baseExport+".2", nil)
	if want := "blk.1.ffn_down.weight equals the base's: a change of norm"; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "rounding to TOY") {
		t.Errorf("error %v, want one with %q", err, want)
	}
}
