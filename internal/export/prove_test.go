package export

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gguf"
)

// TestProve tampers with the written file or with NAME-base's.
func TestProve(t *testing.T) {
	t.Parallel()
	base, baseExport := exports(t)
	a := newAdapter().save(t, baseExport)
	candidate := filepath.Join(t.TempDir(), "candidate.gguf")
	if _, err := Run(context.Background(), Options{"f16"}, base, a, candidate, nil); err != nil {
		t.Fatal(err)
	}
	original := readTensors(t, baseExport)
	const patched = "blk.1.ffn_down.weight"
	for name, c := range map[string]struct {
		head       func([]gguf.KV, []gguf.Tensor) []gguf.KV
		data       func(name string, data []byte)
		name, want string
	}{
		"intact": {nil, nil, "", ""},
		"other tensor": {nil, func(name string, data []byte) {
			if name == "output_norm.weight" {
				data[5] ^= 1
			}
		}, UnexpectedChange, "output_norm.weight"},
		"metadata": {func(m []gguf.KV, _ []gguf.Tensor) []gguf.KV { m[4] = gguf.Uint32(m[4].Key, 65); return m }, nil,
			UnexpectedChange, "metadata differs"},
		"tensor order": {func(m []gguf.KV, tensors []gguf.Tensor) []gguf.KV { slices.Reverse(tensors); return m }, nil,
			UnexpectedChange, "tensor table differs"},
		"not merged": {nil, func(name string, data []byte) {
			if name == patched {
				copy(data, original[name])
			}
		}, ChangeDiffers, patched},
		"half merged": {nil, func(name string, data []byte) {
			if name == patched {
				copy(data[2*40*20:], original[name][2*40*20:])
			}
		}, ChangeDiffers, patched},
		"one sampled entry": {nil, func(name string, data []byte) {
			if name == patched {
				data[10] ^= 8
			}
		}, ChangeDiffers, patched + " row 0, column 5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := proveAgain(t, builtIn(), base, *a, rewrite(t, candidate, c.head, c.data))
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

func proveAgain(t *testing.T, e exporter, base string, a Adapter, written string) error {
	t.Helper()
	f, err := e.openBase(base)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	change, err := readAdapter(a, f)
	if err != nil {
		t.Fatal(err)
	}
	defer change.Close()
	_, err = e.prove(context.Background(), written, a.BaseExport, change, func(Progress) {})
	return err
}

// TestComparisonNorm: without samples the norm of the whole tensor still tells.
func TestComparisonNorm(t *testing.T) {
	t.Parallel()
	old, written := make([]byte, 2*partSize), make([]byte, 2*partSize)
	values := random(9, "w", "F32", partSize).values
	gguf.EncodeF16(old, values)
	var square float64
	for i := range values {
		change := float32(i%7) * 1e-4
		values[i] = gguf.F16ToF32(gguf.F32ToF16(values[i])) + change
		square += float64(change) * float64(change)
	}
	gguf.EncodeF16(written, values)
	for norm, want := range map[float64]bool{1: true, 1.1: false, 0.9: false, 0: false} {
		c := newComparison(gguf.Tensor{Type: gguf.F16}, &patch{delta: &delta{in: 1}, stored: gguf.F16, norm: norm * math.Sqrt(square)})
		if err := c.add(old, written, 0); err != nil {
			t.Fatal(err)
		}
		_, err := c.result()
		if (err == nil) != want {
			t.Errorf("norm times %v: error %v", norm, err)
		}
	}
}

func TestProveWithoutBaseExport(t *testing.T) {
	t.Parallel()
	base, _ := exports(t)
	out := filepath.Join(t.TempDir(), "candidate.gguf")
	_, err := Run(context.Background(), Options{"f16"}, base, newAdapter().save(t, "none.gguf"), out, nil)
	if err == nil || !strings.Contains(err.Error(), "none.gguf") || !strings.Contains(err.Error(), "tunegate setup") {
		t.Errorf("error %v", err)
	}
	expectEmpty(t, filepath.Dir(out))
}
