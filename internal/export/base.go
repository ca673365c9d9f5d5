package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/gguf"
)

const (
	fileTypeF16    = 1 // general.file_type, as llama.cpp numbers it
	quantizeFormat = 2 // general.quantization_version
)

// CheckBase reports why a base's folder cannot be exported as it is trained: missing or
// foreign files, Git LFS pointers, an unknown family or tokenizer, weights that do not
// fit the config. It reads little of the weights; only WriteBase finds values that F16
// cannot hold.
func CheckBase(folder base.Folder) error {
	source, err := builtIn().open(folder)
	if err != nil {
		return err
	}
	return source.close()
}

// WriteBase converts the folder of a Hugging Face model to a GGUF at out: matrices in
// F16, vectors in F32, without a chat template. It refuses whatever CheckBase refuses.
func WriteBase(ctx context.Context, folder base.Folder, out string) (Digest, error) {
	return builtIn().writeBase(ctx, folder, out)
}

func (e exporter) writeBase(ctx context.Context, folder base.Folder, out string) (digest Digest, err error) {
	source, err := e.open(folder)
	if err != nil {
		return Digest{}, err
	}
	defer func() { err = errors.Join(err, source.close()) }()
	return writeFile(out, func(w *draft) error {
		return writeTensors(ctx, w, source.metadata, source.tensors)
	}, func(string) error { return nil })
}

// source is an exportable base folder.
type source struct {
	metadata []gguf.KV
	tensors  []tensorReader
	close    func() error
}

func (e exporter) open(folder base.Folder) (_ source, err error) {
	if err := folder.Check(); err != nil {
		return source{}, err
	}
	f, class, m, err := e.read(folder)
	if err != nil {
		return source{}, err
	}
	metadata, err := f.metadata(folder, m)
	if err != nil {
		return source{}, err
	}
	weights, err := gguf.OpenWeights(folder.Files, folder.Name)
	if err != nil {
		return source{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, weights.Close())
		}
	}()
	tensors, err := m.readers(folder, class, weights)
	if err == nil {
		err = m.checkTied(weights)
	}
	return source{metadata: metadata, tensors: tensors, close: weights.Close}, err
}

// read builds the model from the folder's config and returns its class.
func (e exporter) read(folder base.Folder) (f family, class string, m model, err error) {
	data, err := folder.Read(base.ConfigFile)
	if err != nil {
		return family{}, "", model{}, err
	}
	if f, class, err = e.claim(data); err == nil {
		m, err = f.read(data)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", folder.Path(base.ConfigFile), err)
	}
	return f, class, m, err
}

// metadata returns the GGUF metadata of the folder's model.
func (f family) metadata(folder base.Folder, m model) ([]gguf.KV, error) {
	tokens, err := f.tokenizer(folder, m)
	return slices.Concat([]gguf.KV{
		gguf.String(keyArchitecture, f.architecture),
		gguf.Uint32(keyFileType, fileTypeF16),
		gguf.Uint32("general.quantization_version", quantizeFormat),
	}, m.metadata, tokens), err
}

// checkTied checks that a copy of a tied tensor equals it: otherwise transformers
// unties the two.
func (m model) checkTied(weights *gguf.Weights) error {
	copied, found := weights.Find(m.tied.copy)
	original, both := weights.Find(m.tied.of)
	if !found || !both {
		return nil
	}
	equal, err := gguf.Equal(copied, original)
	if err != nil || equal {
		return err
	}
	return fmt.Errorf("%s: %s differs from %s, though tie_word_embeddings of %s is true: it would be used in training but not served (hint: set tie_word_embeddings to false there)",
		copied.File, m.tied.copy, m.tied.of, base.ConfigFile)
}

// readers finds every tensor's array in the folder's weights and refuses unused arrays.
func (m model) readers(folder base.Folder, class string, weights *gguf.Weights) ([]tensorReader, error) {
	var tensors []tensorReader
	known := make(map[string]bool)
	for _, t := range m.tensors {
		r := tensorReader{tensor: t}
		if t.source != "" {
			array, ok := weights.Find(t.source)
			if !ok {
				return nil, fmt.Errorf("%s: the weights lack %s, which %s requires (hint: download the model again)", folder.Name, t.source, base.ConfigFile)
			}
			if !slices.Equal(array.Shape, t.shape) {
				return nil, fmt.Errorf("%s: tensor %s has shape %v, %s requires %v (hint: download the model again)",
					array.File, t.source, array.Shape, base.ConfigFile, t.shape)
			}
			if row := t.rows.mark(make([]bool, t.shape[0])); row >= 0 {
				return nil, fmt.Errorf("%s: row %d of %s is outside a tensor of %d rows (hint: download the model again)", array.File, row, t.name, t.shape[0])
			}
			r.array, known[t.source] = array, true
		}
		tensors = append(tensors, r)
	}
	for _, name := range weights.Names() {
		if !known[name] && !m.ignores(name) {
			array, _ := weights.Find(name)
			return nil, fmt.Errorf("%s: tensor %s does not belong to a %s (hint: use a plain model, without an adapter, as the base)", array.File, name, class)
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
			return fail(Overflow, "use another base: this one does not fit "+t.Type.Name, "%s is %v", r.where(first*columns+bad), values[bad])
		}
		_, err := w.Write(chunk)
		return err
	})
}
