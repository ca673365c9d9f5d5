package gguf

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func sampleMetadata() []KV {
	return []KV{
		String("general.architecture", "qwen2"),
		Uint32("general.file_type", 1),
		Float32("qwen2.rope.freq_base", 1e6),
		Bool("tokenizer.ggml.add_bos_token", false),
		Bool("odd.flag", true),
		Strings("tokenizer.ggml.tokens", []string{"a", "", "Ġb"}),
		Int32s("tokenizer.ggml.token_type", []int32{1, 3, -4}),
		{Key: "odd.u8", Type: TypeUint8, Raw: []byte{7}},
		{Key: "odd.u16", Type: TypeUint16, Raw: []byte{7, 1}},
		{Key: "odd.u64", Type: TypeUint64, Raw: []byte{7, 0, 0, 0, 0, 0, 0, 1}},
		{Key: "odd.f64", Type: TypeFloat64, Raw: make([]byte, 8)},
	}
}

func sampleTensors() []Tensor {
	return []Tensor{
		{Name: "token_embd.weight", Type: F16, Dims: []uint64{4, 3}},
		{Name: "output_norm.weight", Type: F32, Dims: []uint64{5}},
		{Name: "last", Type: BF16, Dims: []uint64{3, 1, 2}},
	}
}

var sameType = cmp.Comparer(func(a, b *Type) bool { return a == b })

// write makes a file whose tensor i is filled with the byte i+1.
func write(t testing.TB, metadata []KV, tensors []Tensor) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := NewWriter(&file, metadata, tensors)
	if err != nil {
		t.Fatal(err)
	}
	for i, tensor := range tensors {
		data := bytes.Repeat([]byte{byte(i + 1)}, int(tensor.Size()))
		for _, part := range [][]byte{data[:1], nil, data[1:]} {
			if _, err := w.Write(part); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, metadata := range map[string][]KV{
		"default alignment": sampleMetadata(),
		"own alignment":     append(sampleMetadata(), Uint32(alignmentKey, 128)),
		"no metadata":       nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := write(t, metadata, sampleTensors())
			path := filepath.Join(t.TempDir(), "model.gguf")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := Known().Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if diff := cmp.Diff(metadata, f.Metadata, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(sampleTensors(), f.Tensors, cmpopts.IgnoreFields(Tensor{}, "Offset"), sameType); diff != "" {
				t.Error(diff)
			}
			for i, tensor := range f.Tensors {
				got, err := io.ReadAll(f.Data(tensor))
				if want := bytes.Repeat([]byte{byte(i + 1)}, int(tensor.Size())); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s: %v, %v; want %v", tensor.Name, got, err, want)
				}
			}
			if again := write(t, f.Metadata, f.Tensors); !bytes.Equal(again, data) {
				t.Error("written again, the bytes differ")
			}
		})
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	metadata := sampleMetadata()
	for key, want := range map[string]uint64{"odd.u8": 7, "odd.u16": 263, "general.file_type": 1, "odd.u64": 1<<56 + 7} {
		kv, _ := Find(metadata, key)
		if got, ok := kv.Uint(); got != want || !ok {
			t.Errorf("%s: %d, %v; want %d", key, got, ok, want)
		}
		if _, ok := kv.Text(); ok {
			t.Errorf("%s reads as a text", key)
		}
	}
	kv, ok := Find(metadata, "general.architecture")
	if got, isText := kv.Text(); got != "qwen2" || !ok || !isText {
		t.Errorf("architecture: %q", got)
	}
	if _, ok := kv.Uint(); ok {
		t.Error("a text reads as a number")
	}
	if kv, _ := Find(metadata, "qwen2.rope.freq_base"); math.Float32frombits(binary.LittleEndian.Uint32(kv.Raw)) != 1e6 {
		t.Errorf("freq_base: %v", kv.Raw)
	}
	if _, ok := Find(metadata, "none"); ok {
		t.Error("found a key that is not there")
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	data := write(t, nil, sampleTensors())
	f, err := Known().Parse(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := f.Find("last"); !ok || !reflect.DeepEqual(got, f.Tensors[2]) {
		t.Errorf("last: %v, %v", got, ok)
	}
	if _, ok := f.Find("none"); ok {
		t.Error("found a tensor that is not there")
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
