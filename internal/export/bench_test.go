package export

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tunegate/tunegate/internal/gguf"
)

// BenchmarkExport exports a Qwen2 of 200 MB with an adapter of rank 16 on every
// linear layer, proof and fsync included. MB/s are of the written file.
func BenchmarkExport(b *testing.B) {
	c := config{Hidden: 1024, Intermediate: 2816, Layers: 8, Heads: 16, KVHeads: 4, Vocabulary: 10000, Tied: true}
	dir := b.TempDir()
	base, baseExport := filepath.Join(dir, "base.gguf"), filepath.Join(dir, "name-base.gguf")
	size := saveLarge(b, base, c)
	run := func(adapter *Adapter, out string) {
		if _, err := Run(context.Background(), Options{"f16"}, base, adapter, out, nil); err != nil {
			b.Fatal(err)
		}
	}
	run(nil, baseExport)
	adapter := largeAdapter(b, c, baseExport)
	for name, a := range map[string]*Adapter{"candidate": adapter, "base": nil} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				run(a, filepath.Join(dir, name+".gguf"))
			}
		})
	}
}

// saveLarge writes a base GGUF whose tensors repeat one random block.
func saveLarge(b *testing.B, path string, c config) int64 {
	block := make([]byte, 1<<16)
	gguf.EncodeF16(block, random(1, "block", "F32", len(block)/2).values)
	var tensors []gguf.Tensor
	for _, w := range qwen2Tensors(c) {
		t := w.entry()
		t.Type = gguf.F16
		tensors = append(tensors, t)
	}
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	w, err := gguf.NewWriter(file, []gguf.KV{gguf.String(keyArchitecture, qwen2.architecture)}, tensors)
	if err != nil {
		b.Fatal(err)
	}
	total := int64(0)
	for _, t := range tensors {
		for left := int(t.Size()); left > 0; left -= len(block) {
			if _, err := w.Write(block[:min(left, len(block))]); err != nil {
				b.Fatal(err)
			}
		}
		total += int64(t.Size())
	}
	return total
}

// largeAdapter makes an adapter of rank 16 and alpha 32, measured by this package.
func largeAdapter(b *testing.B, c config, baseExport string) *Adapter {
	a := newAdapter()
	a.config["r"], a.config["lora_alpha"], a.config["target_modules"] = 16, 32, "all-linear"
	a.tensors, a.changes = nil, nil
	shapes := make(map[string][]int)
	for _, w := range qwen2Tensors(c) {
		shapes[w.name] = w.shape
	}
	for layer := range c.Layers {
		for _, l := range qwen2.linears {
			module := fmt.Sprintf("%s%d.%s", qwen2.layers, layer, l.module)
			tensors, _ := qwen2.tensorsOf(module)
			out, in := shapes[tensors[0]][0], shapes[tensors[0]][1]
			fa := random(uint64(layer), adapterPrefix+module+suffixA, "F32", 16, in)
			fb := random(uint64(layer), adapterPrefix+module+suffixB, "F32", out, 16)
			f := factors{a: fa.values, b: fb.values, rank: 16, in: in}
			value, _ := f.entry(3, 5)
			a.tensors = append(a.tensors, fa, fb)
			a.changes = append(a.changes, Change{module, [2]int{out, in}, 2 * f.norm(), []Sample{{3, 5, 2 * value}}})
		}
	}
	return a.save(b, baseExport)
}
