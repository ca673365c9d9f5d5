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
	tensors, err := m.readers(baseDir, class, weights)
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

// readers finds the array of every tensor in the weights of the folder dir and
// refuses arrays that belong to none.
func (m model) readers(dir, class string, weights *gguf.Weights) ([]tensorReader, error) {
	var tensors []tensorReader
	known := make(map[string]bool)
	for _, t := range m.tensors {
		r := tensorReader{tensor: t}
		if t.source != "" {
			array, ok := weights.Find(t.source)
			if !ok {
				return nil, fmt.Errorf("%s: the weights lack %s, which %s calls for (hint: download the model again)", dir, t.source, configFile)
			}
			if !slices.Equal(array.Shape, t.shape) {
				return nil, fmt.Errorf("%s: tensor %s has the shape %v, %s calls for %v (hint: download the model again)",
					array.File, t.source, array.Shape, configFile, t.shape)
			}
			if row := t.rows.mark(make([]bool, t.shape[0])); row >= 0 {
				return nil, fmt.Errorf("%s: row %d of %s cannot be found in a tensor of %d rows (hint: download the model again)", array.File, row, t.name, t.shape[0])
			}
			r.array, known[t.source] = array, true
		}
		tensors = append(tensors, r)
	}
	for _, name := range weights.Names() {
		if !known[name] && !m.ignores(name) {
			array, _ := weights.Find(name)
			return nil, fmt.Errorf("%s: tensor %s does not belong to a %s (hint: a base must be a plain model, without an adapter)", array.File, name, class)
		}
	}
	return tensors, nil
}

func writeTensors(ctx context.Context, out io.Writer, metadata []gguf.KV, tensors []tensorReader) error {
	var table []gguf.Tensor
	for _, r := range tensors {
		table = append(table, r.entry())
	}
	w, err := gguf.NewWriter(out, metadata, table)
	if err != nil {
		return err
	}
	var walk chunks
	for i, r := range tensors {
		if err := writeTensor(ctx, w, &walk, table[i], r); err != nil {
			return err
		}
	}
	return w.Close()
}

func writeTensor(ctx context.Context, w io.Writer, walk *chunks, t gguf.Tensor, r tensorReader) error {
	_, columns := r.size()
	unit := t.Type.Size(columns)
	return walk.each(ctx, t, unit, func(chunk []byte, offset int64) error {
		first := int(offset) / unit
		values := make([]float32, len(chunk)/unit*columns)
		if err := r.read(values, first); err != nil {
			return err
		}
		if bad := t.Type.Encode(chunk, values); bad >= 0 {
			return fail(Overflow, "this base cannot be served as "+t.Type.Name, "%s is %v", r.where(first*columns+bad), values[bad])
		}
		_, err := w.Write(chunk)
		return err
	})
}
