package export

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/tunegate/tunegate/internal/gguf"
)

// toy is a family unlike Qwen2 in all that the door lets through: names of its
// own, query rows interleaved as llama's, a matrix that the GGUF splits, norms
// with an offset, a tensor that the config decides and a matrix in 32 bits.
var toy = family{
	classes:      []string{"ToyForCausalLM", "ToyModel"},
	architecture: "toy",
	layers:       toyLayers,
	linears:      toyLinears,
	read:         readToy,
	tokenizer: byteLevelBPE{family: "Toy", splits: map[string]string{
		qwen2Split: "toy-split",
	}}.metadata,
}

const toyLayers = "net.block."

var toyLinears = []linear{
	{module: "mix.query", tensor: "attn_q", rows: func(rows int, h heads) rowMap { return interleaved(rows, h.query) }},
	{module: "mlp.gate_up", tensor: "ffn_gate", rows: func(rows int, _ heads) rowMap { return part(0, rows/2) }},
	{module: "mlp.gate_up", tensor: "ffn_up", rows: func(rows int, _ heads) rowMap { return part(rows/2, rows/2) }},
	{module: "mlp.down", tensor: "ffn_down"},
}

// interleaved puts a head's two halves, which rotate together, side by side.
func interleaved(rows, heads int) rowMap {
	size := rows / heads
	return rowMap{count: rows, of: func(i int) int { return i/size*size + i%size%2*size/2 + i%size/2 }}
}

func part(first, count int) rowMap {
	return rowMap{count: count, of: func(i int) int { return first + i }}
}

func readToy(configJSON []byte) (model, error) {
	var c struct{ Width, Inner, Heads, Vocab int }
	if err := json.Unmarshal(configJSON, &c, json.MatchCaseInsensitiveNames(true)); err != nil {
		return model{}, err
	}
	h := heads{c.Heads, 1}
	rows := map[string]int{"attn_q": c.Width, "ffn_gate": 2 * c.Inner, "ffn_up": 2 * c.Inner, "ffn_down": c.Width}
	columns := map[string]int{"attn_q": c.Width, "ffn_gate": c.Width, "ffn_up": c.Width, "ffn_down": c.Inner}
	tensors := []tensor{
		{name: "token_embd.weight", source: "net.embed", shape: []int{c.Vocab, c.Width}},
		{name: "rope_freqs.weight", shape: []int{3}, values: []float32{1, 0.5, 0.25}},
		{name: "blk.0.attn_norm.weight", source: "net.block.0.norm", shape: []int{c.Width}, offset: 1},
		{name: "blk.0.attn_q.bias", source: "net.block.0.mix.query.bias", shape: []int{c.Width}, rows: interleaved(c.Width, c.Heads)},
	}
	for _, l := range toyLinears {
		w := l.weight(toyLayers, 0, rows[l.tensor], columns[l.tensor], h)
		w.f32 = l.tensor == "ffn_down"
		tensors = append(tensors, w)
	}
	return model{
		vocabulary: c.Vocab,
		metadata:   []gguf.KV{gguf.Uint32("toy"+keyHeads, uint32(h.query)), gguf.Uint32("toy"+keyHeadsKV, uint32(h.keyValue))},
		tensors:    tensors,
		ignores:    func(name string) bool { return name == "net.head" }, // a copy of the embedding
	}, nil
}

func withToy() exporter { return exporter{append(families(), toy), gguf.Known(), quantizations()} }

func toyFolder() *baseFolder {
	m := newModel(true)
	m.config = object{"architectures": []string{"ToyForCausalLM"}, "width": 16, "inner": 24, "heads": 2, "vocab": 12}
	m.tensors = nil
	m.add("net.embed", 12, 16)
	m.add("net.head", 12, 16)
	m.add("net.block.0.norm", 16)
	m.add("net.block.0.mix.query.weight", 16, 16)
	m.add("net.block.0.mix.query.bias", 16)
	m.add("net.block.0.mlp.gate_up.weight", 48, 16)
	m.add("net.block.0.mlp.down.weight", 16, 24)
	return m
}

// toyRows are the source's rows of a tensor, written out.
var toyRows = map[string][]int{
	"blk.0.attn_q.weight":   {0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15},
	"blk.0.ffn_gate.weight": {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23},
	"blk.0.ffn_up.weight":   {24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47},
	"blk.0.ffn_down.weight": {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
}

// TestFamilyDoor takes the toy through the base, an adapter and the proof.
func TestFamilyDoor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	base, baseExport, candidate := filepath.Join(dir, "base"), filepath.Join(dir, "name-base"), filepath.Join(dir, "candidate")
	e, m := withToy(), toyFolder()
	if _, err := e.writeBase(context.Background(), m.open(t), base); err != nil {
		t.Fatal(err)
	}
	checkToy(t, base, m, nil)
	if _, err := e.run(context.Background(), Options{"f16"}, base, nil, baseExport, nil); err != nil {
		t.Fatal(err)
	}
	a := toyAdapter()
	proof, err := e.run(context.Background(), Options{"f16"}, base, a.save(t, baseExport), candidate, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkToy(t, candidate, m, a)
	var changed []string
	var square float64
	for _, c := range proof.Changed {
		changed = append(changed, c.Name)
		if c.Module == "net.block.0.mlp.gate_up" {
			square += c.Norm * c.Norm
		}
	}
	if want := []string{"blk.0.attn_q.weight", "blk.0.ffn_gate.weight", "blk.0.ffn_up.weight", "blk.0.ffn_down.weight"}; !slices.Equal(changed, want) || proof.Unchanged != 4 {
		t.Errorf("changed %v, unchanged %d", changed, proof.Unchanged)
	}
	if whole := a.changes[1].Norm; !near(math.Sqrt(square), whole, 1e-6*whole) {
		t.Errorf("the parts' changes have norm %v together, the module's has %v", math.Sqrt(square), whole)
	}
}

func toyAdapter() *adapter {
	a := newAdapter()
	a.tensors, a.changes, a.config["target_modules"] = nil, nil, "all-linear"
	a.add("net.block.0.mix.query", 6, 16, 16)
	a.add("net.block.0.mlp.gate_up", 6, 48, 16)
	a.add("net.block.0.mlp.down", 6, 16, 24)
	return a
}

// checkToy holds the tensors of a GGUF against the folder's and the adapter's, row by row.
func checkToy(t *testing.T, path string, m *baseFolder, a *adapter) {
	t.Helper()
	f, err := gguf.Known().Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	raw := readTensors(t, path)
	read := func(name string, kind *gguf.Type) []float32 {
		tensor, ok := f.Find(name)
		if !ok || tensor.Type != kind {
			t.Fatalf("%s is %v, %v", name, tensor, ok)
		}
		values := make([]float32, len(raw[name])/kind.Bytes)
		kind.Decode(values, raw[name])
		return values
	}
	source := func(name string) []float32 {
		i := slices.IndexFunc(m.tensors, func(m matrix) bool { return m.name == name })
		return m.tensors[i].values
	}
	if got := read("rope_freqs.weight", gguf.F32); !slices.Equal(got, []float32{1, 0.5, 0.25}) {
		t.Errorf("rope_freqs %v", got)
	}
	norm, bias := read("blk.0.attn_norm.weight", gguf.F32), read("blk.0.attn_q.bias", gguf.F32)
	for i, from := range toyRows["blk.0.attn_q.weight"] {
		if norm[i] != source("net.block.0.norm")[i]+1 || bias[i] != source("net.block.0.mix.query.bias")[from] {
			t.Errorf("element %d: norm %v, bias %v", i, norm[i], bias[i])
		}
	}
	for module, names := range map[string][]string{
		"net.block.0.mix.query":   {"blk.0.attn_q.weight"},
		"net.block.0.mlp.gate_up": {"blk.0.ffn_gate.weight", "blk.0.ffn_up.weight"},
		"net.block.0.mlp.down":    {"blk.0.ffn_down.weight"},
	} {
		for _, name := range names {
			kind, step := gguf.F16, 0x1p-12
			if module == "net.block.0.mlp.down" {
				kind, step = gguf.F32, 0x1p-24
			}
			got, want := read(name, kind), source(module+".weight")
			columns := len(got) / len(toyRows[name])
			for i, v := range got {
				at := toyRows[name][i/columns]*columns + i%columns
				if change := a.changeAt(t, module, at, columns); !near(float64(v), float64(want[at])+change, step) {
					t.Fatalf("%s element %d: %v, want %v and %v", name, i, v, want[at], change)
				}
			}
		}
	}
}

// changeAt returns an entry of a module's change; 0 without an adapter.
func (a *adapter) changeAt(t *testing.T, module string, at, columns int) (sum float64) {
	if a == nil {
		return 0
	}
	fa, fb := a.find(t, module+suffixA).values, a.find(t, module+suffixB).values
	for k := range 6 {
		sum += 2 * float64(fb[at/columns*6+k]) * float64(fa[k*columns+at%columns])
	}
	return sum
}

// TestFamilyDoorRefuses: what no family claims names those that there are.
func TestFamilyDoorRefuses(t *testing.T) {
	t.Parallel()
	e, out := withToy(), filepath.Join(t.TempDir(), "out")
	unknown := toyFolder()
	unknown.config["architectures"] = []string{"OtherForCausalLM"}
	_, err := e.writeBase(context.Background(), unknown.open(t), out)
	if want := `["OtherForCausalLM"] (hint: choose another base: only Qwen2ForCausalLM or ToyForCausalLM or ToyModel is supported so far`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
	if _, err := e.writeBase(context.Background(), toyFolder().open(t), out); err != nil {
		t.Fatal(err)
	}
	for want, run := range map[string]func() error{
		`general.architecture is "toy" (hint: use another base: only qwen2 is supported so far)`: func() error {
			_, err := Run(context.Background(), Options{"f16"}, out, nil, out+".2", nil)
			return err
		},
		"depend on toy.attention.head_count and toy.attention.head_count_kv in its metadata, which are 0 and 0": func() error {
			bare := rewrite(t, out, func(all []gguf.KV, _ []gguf.Tensor) []gguf.KV {
				return slices.DeleteFunc(all, func(kv gguf.KV) bool { return strings.HasPrefix(kv.Key, "toy.") })
			}, nil)
			_, err := e.run(context.Background(), Options{"f16"}, bare, toyAdapter().save(t, ""), out+".2", nil)
			return err
		},
		"blk.0.ffn_up.weight row 0: the adapter's module net.block.0.mlp.gate_up has no row left for it": func() error {
			e := withToy()
			e.families[1].linears = slices.Clone(toyLinears)
			e.families[1].linears[2].rows = toyLinears[1].rows
			_, err := e.run(context.Background(), Options{"f16"}, out, toyAdapter().save(t, ""), out+".2", nil)
			return err
		},
	} {
		if err := run(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
