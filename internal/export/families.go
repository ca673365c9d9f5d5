package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/gguf"
)

// families are the kinds of models that can be exported, each declared in its own file.
func families() []family { return []family{qwen2} }

// family is a kind of model: which configs it handles, its GGUF metadata, and how the
// tensors of a Hugging Face folder map to it.
type family struct {
	classes      []string // the transformers classes that it handles, as in config.json's architectures
	architecture string   // general.architecture of its GGUF
	layers       string   // prefix of a layer's number in module names
	linears      []linear // the matrices of a layer that an adapter can change

	// read builds the model from a matching config.json. It refuses what the server
	// would compute differently from transformers.
	read func(configJSON []byte) (model, error)
	// tokenizer reads a base folder's tokenizer into GGUF entries.
	// It refuses one with which the server would tokenize differently.
	tokenizer func(folder base.Folder, m model) ([]gguf.KV, error)
}

// model is what a family builds from a base's config.json.
type model struct {
	vocabulary int  // ids
	bos        *int // the id of the first token, if the config has one; it is in the vocabulary
	metadata   []gguf.KV
	tensors    []tensor // in the order of the GGUF
	// ignores reports tensors that the folder may hold and the GGUF omits.
	ignores func(name string) bool
	tied    tie // the zero value: nothing is
}

// tie declares that a tensor, if the folder holds it, is a copy of another.
type tie struct{ copy, of string }

// linear is a layer's tensor that holds a module's matrix, or some of its rows: a split
// matrix is listed once for each part.
type linear struct {
	module string // below the layer: self_attn.q_proj
	tensor string // below blk.N: attn_q
	// rows maps the tensor's rows to the module's; nil: all of them, in order.
	rows func(rows int, h heads) rowMap
}

// heads determine the order of rows.
type heads struct{ query, keyValue int }

// rowMap maps a tensor's rows to a source's: row i is the source's row of(i), each at
// most once. The zero value takes all rows in order.
type rowMap struct {
	count int
	of    func(i int) int
}

// row returns the source row of the tensor's row i.
func (m rowMap) row(i int) int {
	if m.of == nil {
		return i
	}
	return m.of(i)
}

// mark marks the rows that the map takes from a source with len(taken) rows. It returns
// the tensor's first row whose source row is missing or already taken, or -1.
func (m rowMap) mark(taken []bool) int {
	for i := range m.count {
		row := m.row(i)
		if row < 0 || row >= len(taken) || taken[row] {
			return i
		}
		taken[row] = true
	}
	return -1
}

// weight returns the tensor of one layer; layers is the family's, rows and columns
// are the module's.
func (l linear) weight(layers string, layer, rows, columns int, h heads) tensor {
	t := tensor{
		name:   fmt.Sprintf("blk.%d.%s.weight", layer, l.tensor),
		source: fmt.Sprintf("%s%d.%s.weight", layers, layer, l.module),
		shape:  []int{rows, columns},
	}
	if l.rows != nil {
		t.rows = l.rows(rows, h)
	}
	return t
}

// tensorsOf returns the tensors that hold a module's matrix, with their linears; none
// if the module is not a linear of a layer.
func (f family) tensorsOf(module string) (names []string, parts []linear) {
	rest, ok := strings.CutPrefix(module, f.layers)
	layer, part, cut := strings.Cut(rest, ".")
	for _, l := range f.linears {
		if ok && cut && l.module == part {
			names, parts = append(names, "blk."+layer+"."+l.tensor+".weight"), append(parts, l)
		}
	}
	return names, parts
}

// heads reads the numbers of heads from the metadata of a GGUF; 0 where it has none.
func (f family) heads(metadata []gguf.KV) heads {
	read := func(key string) int {
		kv, ok := gguf.Find(metadata, f.architecture+key)
		if !ok {
			return 0
		}
		n, _ := kv.Uint()
		return int(n)
	}
	return heads{query: read(keyHeads), keyValue: read(keyHeadsKV)}
}

// claim finds the family of a base's config.json and its class.
func (e exporter) claim(configJSON []byte) (_ family, class string, err error) {
	var c struct {
		Architectures []string `json:"architectures"`
	}
	if err := json.Unmarshal(configJSON, &c); err != nil {
		return family{}, "", fmt.Errorf("%w (hint: download the model again)", err)
	}
	var known []string
	for _, f := range e.families {
		if len(c.Architectures) == 1 && slices.Contains(f.classes, c.Architectures[0]) {
			return f, c.Architectures[0], nil
		}
		known = append(known, f.classes...)
	}
	return family{}, "", fmt.Errorf("architectures is %q (hint: choose another base: only %s is supported so far)", c.Architectures, strings.Join(known, " or "))
}

// familyOf finds the family of the GGUF at path.
func (e exporter) familyOf(path string, metadata []gguf.KV) (family, error) {
	kv, _ := gguf.Find(metadata, keyArchitecture)
	name, _ := kv.Text()
	var known []string
	for _, f := range e.families {
		if f.architecture == name {
			return f, nil
		}
		known = append(known, f.architecture)
	}
	return family{}, fail(Unsupported, "use another base: only "+strings.Join(known, " or ")+" is supported so far", "%s: %s is %q", path, keyArchitecture, name)
}
