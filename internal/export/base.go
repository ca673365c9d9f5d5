package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/tunegate/tunegate/internal/gguf"
)

const (
	fileTypeF16    = 1 // general.file_type, as llama.cpp numbers it
	quantizeFormat = 2 // general.quantization_version
)

// WriteBase converts the Hugging Face model folder baseDir (config.json,
// tokenizer.json, tokenizer_config.json, safetensors; generation_config.json if
// it is there) to a GGUF at out: matrices in F16, vectors in F32, without a chat
// template. A model of no known family is refused, and so is whatever the server
// would compute otherwise than transformers.
func WriteBase(ctx context.Context, baseDir, out string) (Digest, error) {
	return builtIn().writeBase(ctx, baseDir, out)
}

func (e exporter) writeBase(ctx context.Context, baseDir, out string) (digest Digest, err error) {
	data, err := readFile(baseDir, configFile)
	if err != nil {
		return Digest{}, err
	}
	f, class, err := e.claim(data)
	var m model
	if err == nil {
		m, err = f.read(data)
	}
	if err != nil {
		return Digest{}, fmt.Errorf("%s: %w", filepath.Join(baseDir, configFile), err)
	}
	tokens, err := f.tokenizer(baseDir, m)
	if err != nil {
		return Digest{}, err
	}
	weights, err := gguf.OpenWeights(baseDir)
	if err != nil {
		return Digest{}, err
	}
	defer func() { err = errors.Join(err, weights.Close()) }()
	tensors, err := m.bind(baseDir, class, weights)
	if err != nil {
		return Digest{}, err
	}
	metadata := slices.Concat([]gguf.KV{
		gguf.String(keyArchitecture, f.architecture),
		gguf.Uint32(keyFileType, fileTypeF16),
		gguf.Uint32("general.quantization_version", quantizeFormat),
	}, m.metadata, tokens)
	return writeFile(out, func(w *draft) error {
		return writeTensors(ctx, w, metadata, tensors)
	}, func(string) error { return nil })
}

// bind finds the array of every tensor in the weights of the folder dir and
// refuses arrays that belong to none.
func (m model) bind(dir, class string, weights *gguf.Weights) ([]bound, error) {
	var tensors []bound
	known := make(map[string]bool)
	for _, t := range m.tensors {
		b := bound{tensor: t}
		if t.source != "" {
			array, ok := weights.Find(t.source)
			if !ok {
				return nil, fmt.Errorf("%s: the weights lack %s, which %s calls for (download the model again)", dir, t.source, configFile)
			}
			if !slices.Equal(array.Shape, t.shape) {
				return nil, fmt.Errorf("%s: tensor %s has the shape %v, %s calls for %v (download the model again)",
					array.File, t.source, array.Shape, configFile, t.shape)
			}
			b.array, known[t.source] = array, true
		}
		tensors = append(tensors, b)
	}
	for _, name := range weights.Names() {
		if !known[name] && !m.ignores(name) {
			array, _ := weights.Find(name)
			return nil, fmt.Errorf("%s: tensor %s belongs to no %s (a base must be a plain model, without an adapter)", array.File, name, class)
		}
	}
	return tensors, nil
}

func writeTensors(ctx context.Context, out io.Writer, metadata []gguf.KV, tensors []bound) error {
	var table []gguf.Tensor
	for _, b := range tensors {
		table = append(table, b.entry())
	}
	w, err := gguf.NewWriter(out, metadata, table)
	if err != nil {
		return err
	}
	var walk chunks
	for i, b := range tensors {
		if err := writeTensor(ctx, w, &walk, table[i], b); err != nil {
			return err
		}
	}
	return w.Close()
}

func writeTensor(ctx context.Context, w io.Writer, walk *chunks, t gguf.Tensor, b bound) error {
	_, columns := b.size()
	unit := t.Type.Size(columns)
	return walk.each(ctx, t, unit, func(chunk []byte, offset int64) error {
		first := int(offset) / unit
		values := make([]float32, len(chunk)/unit*columns)
		if err := b.read(values, first); err != nil {
			return err
		}
		if bad := t.Type.Encode(chunk, values); bad >= 0 {
			return fail(Overflow, "this base cannot be served as "+t.Type.Name, "%s is %v", b.where(first*columns+bad), values[bad])
		}
		_, err := w.Write(chunk)
		return err
	})
}
