package gguf

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxJSON limits a safetensors header in bytes, as the format's own library does:
// https://github.com/huggingface/safetensors#format
const maxJSON = 100_000_000

// maxCommas limits the number of values in a safetensors header or shard index: many
// small ones take far more memory than their text. DeepSeek-V3's index has 92,000.
const maxCommas = 2 << 20

func checkValues(text []byte) error {
	if bytes.Count(text, []byte(",")) > maxCommas {
		return fmt.Errorf("more than %d values", maxCommas)
	}
	return nil
}

// dtypes are the types of a safetensors file, which spells their names as ggml does.
var dtypes = Types{F32, F16, BF16}

// Array is one tensor of a safetensors file.
type Array struct {
	Name  string
	File  string // path of the file it lies in, for messages
	Type  *Type
	Shape []int // PyTorch's order: rows first

	data *io.SectionReader
}

// Len returns the number of elements; a scalar has one.
func (a Array) Len() int { return int(a.data.Size()) / a.Type.Bytes }

// Float32s reads len(dst) elements from element first on, each exactly as
// stored (all three types fit into float32).
func (a Array) Float32s(dst []float32, first int) error {
	size := a.Type.Bytes
	raw := make([]byte, len(dst)*size)
	section := io.NewSectionReader(a.data, int64(first)*int64(size), int64(len(raw)))
	if _, err := io.ReadFull(section, raw); err != nil {
		return fmt.Errorf("%s: tensor %q: %w", a.File, a.Name, err)
	}
	a.Type.Decode(dst, raw)
	return nil
}

// Equal reports whether two tensors have the same values, whatever their types. It
// stops at the first difference.
func Equal(a, b Array) (bool, error) {
	if !slices.Equal(a.Shape, b.Shape) {
		return false, nil
	}
	const most = 1 << 18
	x, y := make([]float32, most), make([]float32, most)
	for first := 0; first < a.Len(); first += most {
		n := min(most, a.Len()-first)
		if err := errors.Join(a.Float32s(x[:n], first), b.Float32s(y[:n], first)); err != nil {
			return false, err
		}
		if !slices.Equal(x[:n], y[:n]) {
			return false, nil
		}
	}
	return true, nil
}

// Weights are the tensors of one safetensors file, or of all shards of a model.
type Weights struct {
	arrays map[string]Array
	files  []io.Closer
}

// Names returns the tensors' names, sorted.
func (w *Weights) Names() []string { return slices.Sorted(maps.Keys(w.arrays)) }

// Find returns the tensor of that name.
func (w *Weights) Find(name string) (Array, bool) {
	a, ok := w.arrays[name]
	return a, ok
}

// Close closes the files.
func (w *Weights) Close() error {
	var all error
	for _, f := range w.files {
		all = errors.Join(all, f.Close())
	}
	return all
}

// OpenSafetensors reads the header of one file. Close the weights after use.
func OpenSafetensors(path string) (*Weights, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return openSafetensors(path, f)
}

// openSafetensors reads the header of an open file; path names it in messages. The file
// is closed with the weights, or at once on an error.
func openSafetensors(path string, f fs.File) (*Weights, error) {
	info, err := f.Stat()
	at, random := f.(io.ReaderAt)
	if err == nil && !random {
		err = fmt.Errorf("%s does not support random access", path)
	}
	if err == nil {
		var w *Weights
		if w, err = ParseSafetensors(path, at, info.Size()); err == nil {
			w.files = []io.Closer{f}
			return w, nil
		}
	}
	return nil, errors.Join(err, f.Close())
}

// ParseSafetensors reads the header of a safetensors file of size bytes; path is
// for messages. As the format demands, the tensors fill the rest of the file
// without gap or overlap.
func ParseSafetensors(path string, r io.ReaderAt, size int64) (*Weights, error) {
	arrays, err := parseSafetensors(path, r, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Weights{arrays: arrays}, nil
}

// entry is a tensor's entry in the header; offsets are in bytes after the header.
type entry struct {
	DType   string   `json:"dtype"`
	Shape   []int64  `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

func parseSafetensors(path string, r io.ReaderAt, size int64) (map[string]Array, error) {
	head := make([]byte, 8)
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), head); err != nil {
		return nil, errors.New("shorter than a safetensors header (hint: copy the file again)")
	}
	length := binary.LittleEndian.Uint64(head)
	if length > maxJSON || length > uint64(size-8) {
		return nil, fmt.Errorf("a header of %d bytes in a file of %d; at most %d are allowed (hint: check that it is a complete safetensors file)", length, size, maxJSON)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(io.NewSectionReader(r, 8, int64(length)), text); err != nil {
		return nil, err
	}
	var members map[string]jsontext.Value
	err := checkValues(text)
	if err == nil {
		err = json.Unmarshal(text, &members)
	}
	if err != nil {
		return nil, fmt.Errorf("the header is not a JSON object of tensors: %w (hint: the file is damaged, copy it again)", err)
	}
	delete(members, "__metadata__")
	data := io.NewSectionReader(r, 8+int64(length), size-8-int64(length))
	arrays := make(map[string]Array, len(members))
	spans := make([]span, 0, len(members))
	for _, name := range slices.Sorted(maps.Keys(members)) {
		var e entry
		if err := json.Unmarshal(members[name], &e, json.RejectUnknownMembers(true)); err != nil {
			return nil, fmt.Errorf("tensor %q: %w (hint: the file is damaged, copy it again)", name, err)
		}
		a, err := e.array(data)
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		a.Name, a.File = name, path
		arrays[name] = a
		spans = append(spans, span{name, e.Offsets[0], e.Offsets[1]})
	}
	return arrays, checkSpans(spans, data.Size())
}

func (e entry) array(data *io.SectionReader) (Array, error) {
	a := Array{}
	i := slices.IndexFunc(dtypes, func(t *Type) bool { return t.Name == e.DType })
	if i < 0 {
		return a, fmt.Errorf("dtype %q is not supported (hint: a quantized model cannot be tuned: use its release in one of %s)", e.DType, dtypes)
	}
	a.Type = dtypes[i]
	begin, end := e.Offsets[0], e.Offsets[1]
	if begin < 0 || end < begin || end > data.Size() {
		return a, fmt.Errorf("bytes %d to %d lie outside the %d bytes of data (hint: the file is truncated or damaged, copy it again)", begin, end, data.Size())
	}
	size := int64(a.Type.Bytes)
	for _, d := range e.Shape {
		if d < 0 || d > 0 && size > math.MaxInt64/d {
			return a, fmt.Errorf("the shape %v is impossible (hint: the file is damaged, copy it again)", e.Shape)
		}
		size *= d
		a.Shape = append(a.Shape, int(d))
	}
	if size != end-begin {
		return a, fmt.Errorf("the shape %v in %s takes %d bytes, the file holds %d (hint: the file is damaged, copy it again)", e.Shape, e.DType, size, end-begin)
	}
	a.data = io.NewSectionReader(data, begin, size)
	return a, nil
}

// span is the location of a tensor's data: bytes from begin up to end.
type span struct {
	name       string
	begin, end int64
}

func checkSpans(spans []span, size int64) error {
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name))
	})
	end := int64(0)
	for i, s := range spans {
		if s.begin < end {
			return fmt.Errorf("tensors %q and %q overlap (hint: the file is damaged, copy it again)", spans[i-1].name, s.name)
		}
		if s.begin > end {
			return fmt.Errorf("no tensor covers bytes %d to %d before tensor %q (hint: the file is damaged, copy it again)", end, s.begin, s.name)
		}
		end = s.end
	}
	if end != size {
		return fmt.Errorf("no tensor covers the last %d bytes (hint: the file is damaged, copy it again)", size-end)
	}
	return nil
}
