package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/gguf"
)

// quantization is a value of the config's export.quantization.
type quantization struct {
	name     string // in the config
	fileType uint32 // general.file_type, as llama.cpp numbers it
	// matrix chooses the type of a matrix that the base stores as t. Vectors, and what
	// the base stores in 32 bits, keep their types.
	matrix func(t gguf.Tensor) *gguf.Type
}

func quantizations() []quantization {
	return []quantization{{name: "f16", fileType: fileTypeF16, matrix: always(gguf.F16)}}
}

// Quantizations returns the values of Options.Quantization.
func Quantizations() []string { return builtIn().quantizationNames() }

func (e exporter) quantizationNames() []string {
	var names []string
	for _, q := range e.quantizations {
		names = append(names, q.name)
	}
	return names
}

func (e exporter) quantization(name string) (quantization, error) {
	i := slices.IndexFunc(e.quantizations, func(q quantization) bool { return q.name == name })
	if i < 0 {
		return quantization{}, fmt.Errorf("export.quantization: %q is not built yet (hint: use one of %s)", name, strings.Join(e.quantizationNames(), ", "))
	}
	return e.quantizations[i], nil
}

func always(t *gguf.Type) func(gguf.Tensor) *gguf.Type {
	return func(gguf.Tensor) *gguf.Type { return t }
}

// table returns the tensors of a base with the types that are written.
func (q quantization) table(tensors []gguf.Tensor) ([]gguf.Tensor, error) {
	table := slices.Clone(tensors)
	for i, t := range table {
		if len(t.Dims) > 1 && t.Type != gguf.F32 {
			table[i].Type = q.matrix(t)
		}
		if table[i].Type.Encode == nil {
			return nil, fail(Unsupported, "set export.quantization to another value",
				"tensor %s would be written as %s, a read-only type", t.Name, table[i].Type)
		}
	}
	return table, nil
}

// metadata returns the base's metadata as served: with the written file type and
// without the chat template.
func (q quantization) metadata(base []gguf.KV) []gguf.KV {
	served := slices.DeleteFunc(slices.Clone(base), func(kv gguf.KV) bool { return kv.Key == keyTemplate })
	for i, kv := range served {
		if kv.Key == keyFileType {
			served[i] = gguf.Uint32(keyFileType, q.fileType)
		}
	}
	return served
}
