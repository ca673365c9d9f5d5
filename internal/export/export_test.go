package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/gguf"
)

func TestRun(t *testing.T) {
	t.Parallel()
	base, baseExport := exports(t)
	var digests []Digest
	for range 2 {
		out := filepath.Join(t.TempDir(), "candidate.gguf")
		stages := make(map[string]Progress)
		proof, err := Run(context.Background(), Options{"f16"}, base, newAdapter().save(t, baseExport), out, func(p Progress) {
			stages[p.Stage] = p
		})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.MarshalIndent(proof, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "proof.golden", string(text)+"\n")
		for _, stage := range []string{"write", "prove"} {
			if p := stages[stage]; p.Done != p.Total || p.Total == 0 {
				t.Errorf("%s ended at %d of %d", stage, p.Done, p.Total)
			}
		}
		checkMerged(t, baseExport, out, newAdapter())
		digests = append(digests, proof.Digest)
	}
	if digests[0] != digests[1] {
		t.Errorf("two runs, two digests: %v", digests)
	}
}

// checkMerged holds the candidate against base + change, entry by entry.
func checkMerged(t *testing.T, baseExport, candidate string, a *adapter) {
	t.Helper()
	old, now := readTensors(t, baseExport), readTensors(t, candidate)
	for i, change := range a.changes {
		tensors, _ := qwen2.tensorsOf(change.Module)
		tensor := tensors[0]
		fa, fb := a.tensors[2*i].values, a.tensors[2*i+1].values
		in := change.Shape[1]
		before, after := make([]float32, len(old[tensor])/2), make([]float32, len(old[tensor])/2)
		gguf.DecodeF16(before, old[tensor])
		gguf.DecodeF16(after, now[tensor])
		for j := range before {
			want := float64(before[j])
			for k := range 6 {
				want += 2 * float64(fb[j/in*6+k]) * float64(fa[k*in+j%in])
			}
			if !near(float64(after[j]), want, math.Abs(want)*0x1p-11+0x1p-25) {
				t.Fatalf("%s entry %d: %v, want %v", tensor, j, after[j], want)
			}
		}
		delete(old, tensor)
	}
	for tensor, data := range old {
		if !bytes.Equal(data, now[tensor]) {
			t.Errorf("%s differs", tensor)
		}
	}
}

func readTensors(t *testing.T, path string) map[string][]byte {
	t.Helper()
	return readTensorsOf(t, builtIn(), path)
}

func readTensorsOf(t *testing.T, e exporter, path string) map[string][]byte {
	t.Helper()
	f, err := e.types.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := make(map[string][]byte)
	for _, tensor := range f.Tensors {
		data, err := io.ReadAll(f.Data(tensor))
		if err != nil {
			t.Fatal(err)
		}
		all[tensor.Name] = data
	}
	return all
}

// TestRunBase: NAME-base is the base GGUF without a chat template.
func TestRunBase(t *testing.T) {
	t.Parallel()
	base, baseExport := exports(t)
	want, err := os.ReadFile(base)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(baseExport)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, %v; want the %d of the base", len(got), err, len(want))
	}
	templated := rewrite(t, base, func(metadata []gguf.KV, _ []gguf.Tensor) []gguf.KV {
		return append(metadata, gguf.String(keyTemplate, "{{ messages }}"))
	}, nil)
	out := filepath.Join(t.TempDir(), "out.gguf")
	proof, err := Run(context.Background(), Options{"f16"}, templated, nil, out, nil)
	if err != nil || proof.Unchanged != 26 || len(proof.Changed) != 0 {
		t.Fatal(proof, err)
	}
	if got, err := os.ReadFile(out); err != nil || !bytes.Equal(got, want) {
		t.Errorf("with a chat template: %d bytes, %v; want those without", len(got), err)
	}
}

// rewrite copies a GGUF with other metadata, tensor table or data.
func rewrite(t *testing.T, path string, head func([]gguf.KV, []gguf.Tensor) []gguf.KV, data func(name string, data []byte)) string {
	t.Helper()
	return rewriteOf(t, builtIn(), path, head, data)
}

func rewriteOf(t *testing.T, e exporter, path string, head func([]gguf.KV, []gguf.Tensor) []gguf.KV, data func(name string, data []byte)) string {
	t.Helper()
	f, err := e.types.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := readTensorsOf(t, e, path)
	if head != nil {
		f.Metadata = head(f.Metadata, f.Tensors)
	}
	var file bytes.Buffer
	w, err := gguf.NewWriter(&file, f.Metadata, f.Tensors)
	if err != nil {
		t.Fatal(err)
	}
	for _, tensor := range f.Tensors {
		if data != nil {
			data(tensor.Name, all[tensor.Name])
		}
		if _, err := w.Write(all[tensor.Name]); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(t.TempDir(), "rewritten.gguf")
	save(t, out, file.Bytes())
	return out
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	base, _ := exports(t)
	llama := rewrite(t, base, func(metadata []gguf.KV, _ []gguf.Tensor) []gguf.KV {
		metadata[0] = gguf.String(keyArchitecture, "llama")
		return metadata
	}, nil)
	bf16 := rewrite(t, base, func(metadata []gguf.KV, tensors []gguf.Tensor) []gguf.KV {
		tensors[0].Type = gguf.BF16
		return metadata
	}, nil)
	for name, c := range map[string]struct{ quantization, base, want string }{
		"quantization": {"q8_0", base, `"q8_0" is not built yet`},
		"architecture": {"f16", llama, `general.architecture is "llama"`},
		"BF16":         {"f16", bf16, "tensor token_embd.weight is BF16"},
		"no file":      {"f16", base + ".none", base + ".none"},
	} {
		out := filepath.Join(t.TempDir(), "out.gguf")
		if _, err := Run(context.Background(), Options{c.quantization}, c.base, nil, out, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
		expectEmpty(t, filepath.Dir(out))
	}
}

// TestRunCancelled cancels at each report of progress in turn.
func TestRunCancelled(t *testing.T) {
	t.Parallel()
	base, baseExport := exports(t)
	a := newAdapter().save(t, baseExport)
	for at := 1; ; at++ {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		reports := 0
		out := filepath.Join(t.TempDir(), "out.gguf")
		_, err := Run(ctx, Options{"f16"}, base, a, out, func(Progress) {
			if reports++; reports == at {
				cancel()
			}
		})
		if err == nil {
			if at < 2*26 {
				t.Errorf("cancelled at report %d, no error", at)
			}
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("cancelled at report %d: %v", at, err)
		}
		expectEmpty(t, filepath.Dir(out))
	}
}

// TestRunAfterKill: what a killed attempt left under the temporary name is overwritten.
func TestRunAfterKill(t *testing.T) {
	t.Parallel()
	base, baseExport := exports(t)
	dir := t.TempDir()
	out := filepath.Join(dir, "out.gguf")
	save(t, out+".partial", bytes.Repeat([]byte{1}, 1<<20))
	if _, err := Run(context.Background(), Options{"f16"}, base, newAdapter().save(t, baseExport), out, nil); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v; want out.gguf alone", entries, err)
	}
	checkMerged(t, baseExport, out, newAdapter())
}
