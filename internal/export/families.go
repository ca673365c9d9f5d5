package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/gguf"
)

// families are the kinds of models that can be exported, each declared in a file
// of its own.
func families() []family { return []family{qwen2} }

// family is a kind of model: what it claims, what its GGUF says and where in it
// the tensors of a Hugging Face folder go.
type family struct {
	classes      []string // the models of transformers that it claims, as config.json's architectures names them
	architecture string   // general.architecture of its GGUF
	layers       string   // what stands before a layer's number in the name of a module
	linears      []linear // the matrices of a layer that an adapter can change

	// read makes the model of a claimed config.json. It refuses what the
	// server would compute otherwise than transformers.
	read func(configJSON []byte) (model, error)
	// tokenizer reads the tokenizer of a base folder to the entries of the GGUF.
	// It refuses one that the server would tokenize with otherwise.
	tokenizer func(folder base.Folder, m model) ([]gguf.KV, error)
}

// model is what a family makes of a base's config.json.
type model struct {
	vocabulary int  // ids
	bos        *int // the id of the first token, if the config has one; it is in the vocabulary
	metadata   []gguf.KV
	tensors    []tensor // in the order of the GGUF
	// ignores tells the tensors that the folder may hold and the GGUF leaves out.
	ignores func(name string) bool
	tied    tie // the zero value: nothing is
}

// tie says that a tensor which the folder may hold is a copy of another one.
type tie struct{ copy, of string }

// linear is a tensor of a layer that holds the matrix of a module, or some of its
// rows: a matrix that is split stands in the list once a part.
type linear struct {
	module string // below the layer: self_attn.q_proj
	tensor string // below blk.N: attn_q
	// rows tells which of the module's rows the tensor takes; nil: all of them,
	// as they are.
	rows func(rows int, h heads) rowMap
}

// heads are what an order of rows depends on.
type heads struct{ query, keyValue int }

// rowMap tells which rows of a source a tensor takes: row i is the source's row
// of(i), each at most once. The zero value takes all, as they are.
type rowMap struct {
	count int
	of    func(i int) int
}

// row returns the source's row that the tensor has as row i.
func (m rowMap) row(i int) int {
	if m.of == nil {
		return i
	}
	return m.of(i)
}

// mark marks the rows that the map takes of a source with len(taken) of them. It
// returns the tensor's first row for which there is none or one that is taken
// already, or -1.
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

// tensorsOf returns the tensors that hold a module's matrix and the linears they
// are; none if it is no linear of a layer.
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

// claim finds the family of a base's config.json and the class that it names.
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
