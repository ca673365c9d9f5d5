package gguf

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Writer writes a GGUF file front to back: first the header, then the tensors' data as
// it comes, padded.
type Writer struct {
	w       io.Writer
	align   uint64
	tensors []Tensor
	current int
	left    uint64 // bytes that the current tensor still lacks
}

// NewWriter writes the header. The data section follows the order of tensors;
// their Offset is ignored. The bytes depend only on the arguments.
func NewWriter(w io.Writer, metadata []KV, tensors []Tensor) (*Writer, error) {
	align, err := alignment(metadata)
	if err != nil {
		return nil, err
	}
	head := append([]byte(magic), version, 0, 0, 0)
	head = binary.LittleEndian.AppendUint64(head, uint64(len(tensors)))
	head = binary.LittleEndian.AppendUint64(head, uint64(len(metadata)))
	for _, kv := range metadata {
		head = appendString(head, kv.Key)
		head = binary.LittleEndian.AppendUint32(head, uint32(kv.Type))
		head = append(head, kv.Raw...)
	}
	offset := uint64(0)
	for _, t := range tensors {
		if err := t.check(); err != nil {
			return nil, err
		}
		head = appendString(head, t.Name)
		head = binary.LittleEndian.AppendUint32(head, uint32(len(t.Dims)))
		for _, d := range t.Dims {
			head = binary.LittleEndian.AppendUint64(head, d)
		}
		head = binary.LittleEndian.AppendUint32(head, t.Type.ID)
		head = binary.LittleEndian.AppendUint64(head, offset)
		offset = pad(offset+t.Size(), align)
	}
	head = append(head, make([]byte, pad(uint64(len(head)), align)-uint64(len(head)))...)
	if _, err := w.Write(head); err != nil {
		return nil, err
	}
	out := &Writer{w: w, align: align, tensors: tensors}
	if len(tensors) > 0 {
		out.left = tensors[0].Size()
	}
	return out, nil
}

// Write takes the next bytes of the tensors' data, in the order given to
// NewWriter. One call must not reach across the end of a tensor.
func (w *Writer) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if w.current == len(w.tensors) {
		return 0, fmt.Errorf("%d bytes after the last tensor", len(p))
	}
	t := w.tensors[w.current]
	if uint64(len(p)) > w.left {
		return 0, fmt.Errorf("tensor %q takes %d more bytes, got %d", t.Name, w.left, len(p))
	}
	n, err := w.w.Write(p)
	w.left -= uint64(n)
	if err != nil || w.left > 0 {
		return n, err
	}
	if padding := pad(t.Size(), w.align) - t.Size(); padding > 0 {
		if _, err := w.w.Write(make([]byte, padding)); err != nil {
			return n, err
		}
	}
	if w.current++; w.current < len(w.tensors) {
		w.left = w.tensors[w.current].Size()
	}
	return n, nil
}

// Close checks that every tensor is complete. It does not close the underlying writer.
func (w *Writer) Close() error {
	if w.current < len(w.tensors) {
		return fmt.Errorf("tensor %q lacks %d bytes", w.tensors[w.current].Name, w.left)
	}
	return nil
}
