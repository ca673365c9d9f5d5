package gguf

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// maxHeader limits metadata and tensor table together, in bytes: the largest published
// vocabularies need about 20 MB.
const maxHeader = 256 << 20

// File is a GGUF file whose header has been read and checked.
type File struct {
	Metadata []KV     // in file order
	Tensors  []Tensor // in file order

	r      io.ReaderAt
	data   uint64 // start of the data section, bytes
	closer io.Closer
}

// Open reads the header of the file at path, which may hold tensors of these types only.
// Close it after use.
func (types Types) Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	g, err := types.openFile(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return g, nil
}

func (types Types) openFile(f *os.File) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	g, err := types.Parse(f, info.Size())
	if err != nil {
		return nil, err
	}
	g.closer = f
	return g, nil
}

// Close closes a file from Open.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// Find returns the tensor of that name.
func (f *File) Find(name string) (Tensor, bool) {
	i := slices.IndexFunc(f.Tensors, func(t Tensor) bool { return t.Name == name })
	if i < 0 {
		return Tensor{}, false
	}
	return f.Tensors[i], true
}

// Data returns the bytes of one of the file's tensors.
func (f *File) Data(t Tensor) *io.SectionReader {
	return io.NewSectionReader(f.r, int64(f.data+t.Offset), int64(t.Size()))
}

// Parse reads the header of a GGUF file of size bytes, which may hold tensors of these
// types only. All tensors must be inside the file, aligned, without overlap.
func (types Types) Parse(r io.ReaderAt, size int64) (*File, error) {
	limit := min(size, maxHeader)
	h := &header{r: bufio.NewReaderSize(io.NewSectionReader(r, 0, limit), 1<<16), limit: uint64(limit), types: types}
	f := &File{r: r}
	if err := f.parse(h); err != nil {
		return nil, fmt.Errorf("byte %d: %w", h.off, err)
	}
	if err := f.checkLayout(uint64(size)); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) parse(h *header) error {
	start, err := h.bytes(4)
	if err != nil || string(start) != magic {
		return errors.New("not a GGUF file (hint: use a file that begins with the letters GGUF)")
	}
	v, err := h.uint32()
	if err != nil {
		return err
	}
	if v != version {
		return fmt.Errorf("GGUF version %d is not supported (hint: convert the file to version %d, little-endian)", v, version)
	}
	tensors, err := h.count(8 + 4 + 8 + 4 + 8)
	if err != nil {
		return err
	}
	entries, err := h.count(8 + 4 + 1)
	if err != nil {
		return err
	}
	seen := make(map[string]bool)
	for range entries {
		kv, err := h.kv(f.r)
		if err != nil {
			return err
		}
		if seen[kv.Key] {
			return fmt.Errorf("duplicate metadata %q (hint: the file is damaged, copy it again)", kv.Key)
		}
		seen[kv.Key] = true
		f.Metadata = append(f.Metadata, kv)
	}
	clear(seen)
	for range tensors {
		t, err := h.tensor()
		if err != nil {
			return err
		}
		if seen[t.Name] {
			return fmt.Errorf("duplicate tensor %q (hint: the file is damaged, copy it again)", t.Name)
		}
		seen[t.Name] = true
		f.Tensors = append(f.Tensors, t)
	}
	f.data = h.off
	return nil
}

// checkLayout finds the start of the data section and refuses tensors that are
// misaligned, overlap or extend beyond the file's size bytes.
func (f *File) checkLayout(size uint64) error {
	align, err := alignment(f.Metadata)
	if err != nil {
		return err
	}
	f.data = pad(f.data, align)
	order := slices.Clone(f.Tensors)
	slices.SortFunc(order, func(a, b Tensor) int { return cmp.Compare(a.Offset, b.Offset) })
	end, last := uint64(0), ""
	for _, t := range order {
		switch {
		case t.Offset%align != 0:
			return fmt.Errorf("tensor %q lies at offset %d, not a multiple of %d (hint: the file is damaged, copy it again)", t.Name, t.Offset, align)
		case t.Offset < end:
			return fmt.Errorf("tensors %q and %q overlap (hint: the file is damaged, copy it again)", last, t.Name)
		case f.data > size || t.Offset > size-f.data || t.Size() > size-f.data-t.Offset:
			return fmt.Errorf("tensor %q reaches beyond the file's %d bytes (hint: the file is truncated, copy it again)", t.Name, size)
		}
		end, last = t.Offset+t.Size(), t.Name
	}
	return nil
}

// header reads through the header, never past limit.
type header struct {
	r     *bufio.Reader
	off   uint64
	limit uint64
	types Types
}

func (h *header) need(n uint64) error {
	if n > h.limit-h.off {
		return fmt.Errorf("the header needs %d more bytes, but %d are left (hint: the file is truncated or damaged, copy it again)", n, h.limit-h.off)
	}
	return nil
}

func (h *header) bytes(n uint64) ([]byte, error) {
	if err := h.need(n); err != nil {
		return nil, err
	}
	b := make([]byte, n)
	read, err := io.ReadFull(h.r, b)
	h.off += uint64(read)
	return b, err
}

func (h *header) skip(n uint64) error {
	if err := h.need(n); err != nil {
		return err
	}
	skipped, err := h.r.Discard(int(n))
	h.off += uint64(skipped)
	return err
}

func (h *header) uint32() (uint32, error) {
	b, err := h.bytes(4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(b), nil
}

func (h *header) uint64() (uint64, error) {
	b, err := h.bytes(8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b), nil
}

// count reads the number of items that follow, each of at least size bytes.
func (h *header) count(size uint64) (uint64, error) {
	n, err := h.uint64()
	if err == nil && n > (h.limit-h.off)/size {
		err = fmt.Errorf("a count of %d does not fit into the file (hint: the file is truncated or damaged, copy it again)", n)
	}
	return n, err
}

func (h *header) string() (string, error) {
	n, err := h.uint64()
	if err != nil {
		return "", err
	}
	b, err := h.bytes(n)
	return string(b), err
}

func (h *header) kv(r io.ReaderAt) (KV, error) {
	key, err := h.string()
	if err != nil {
		return KV{}, err
	}
	kind, err := h.uint32()
	if err != nil {
		return KV{}, err
	}
	start := h.off
	if err := h.skipValue(ValueType(kind)); err != nil {
		return KV{}, fmt.Errorf("metadata %q: %w", key, err)
	}
	raw := make([]byte, h.off-start)
	if _, err := io.ReadFull(io.NewSectionReader(r, int64(start), int64(len(raw))), raw); err != nil {
		return KV{}, err
	}
	return KV{Key: key, Type: ValueType(kind), Raw: raw}, nil
}

func (h *header) skipValue(kind ValueType) error {
	switch {
	case kind.size() > 0:
		return h.skip(kind.size())
	case kind == TypeString:
		n, err := h.uint64()
		if err != nil {
			return err
		}
		return h.skip(n)
	case kind == TypeArray:
		return h.skipArray()
	}
	return fmt.Errorf("unknown value kind %d, above %d (hint: the file is damaged, copy it again)", kind, TypeFloat64)
}

func (h *header) skipArray() error {
	element, err := h.uint32()
	if err != nil {
		return err
	}
	size := ValueType(element).size()
	if size > 0 {
		n, err := h.count(size)
		if err != nil {
			return err
		}
		return h.skip(n * size)
	}
	if ValueType(element) != TypeString {
		return fmt.Errorf("an array of kind %d is not supported (hint: use a file without nested arrays)", element)
	}
	n, err := h.count(8)
	if err != nil {
		return err
	}
	for range n {
		if err := h.skipValue(TypeString); err != nil {
			return err
		}
	}
	return nil
}

func (h *header) tensor() (Tensor, error) {
	name, err := h.string()
	if err != nil {
		return Tensor{}, err
	}
	dims, err := h.uint32()
	if err != nil {
		return Tensor{}, err
	}
	if dims > maxDims {
		return Tensor{}, fmt.Errorf("tensor %q has %d dimensions (GGUF allows 1 to %d)", name, dims, maxDims)
	}
	t := Tensor{Name: name}
	for range dims {
		d, err := h.uint64()
		if err != nil {
			return Tensor{}, err
		}
		t.Dims = append(t.Dims, d)
	}
	kind, err := h.uint32()
	if err != nil {
		return Tensor{}, err
	}
	if t.Type = h.types.find(kind); t.Type == nil {
		return Tensor{}, fmt.Errorf("tensor %q has type %d, which is not supported (hint: convert the file to one of %s)", name, kind, h.types)
	}
	if t.Offset, err = h.uint64(); err != nil {
		return Tensor{}, err
	}
	return t, t.check()
}
