package gguf

import "fmt"

const maxDims = 4

// Tensor is an entry of a file's tensor table.
type Tensor struct {
	Name string
	Type *Type
	// Dims are the lengths with the fastest-varying one first: a matrix of
	// out rows and in columns is {in, out}, the reverse of PyTorch's shape.
	Dims []uint64
	// Offset is in bytes from the start of the data section. Writer lays the
	// tensors out itself and ignores it.
	Offset uint64
}

// Row returns the number of elements of a row.
func (t Tensor) Row() int { return int(t.Dims[0]) }

// Size returns the bytes of the tensor's data, without padding.
func (t Tensor) Size() uint64 {
	size := uint64(t.Type.Bytes)
	for i, d := range t.Dims {
		if i == 0 {
			d /= uint64(t.Type.Elements)
		}
		size *= d
	}
	return size
}

// check refuses a tensor whose size overflows or whose rows are not whole blocks.
func (t Tensor) check() error {
	if len(t.Dims) == 0 || len(t.Dims) > maxDims {
		return fmt.Errorf("tensor %q has %d dimensions (GGUF allows 1 to %d)", t.Name, len(t.Dims), maxDims)
	}
	const maxSize = 1 << 62
	size := uint64(t.Type.Bytes)
	for _, d := range t.Dims {
		if d == 0 || d > maxSize/size {
			return fmt.Errorf("tensor %q has the impossible dimensions %v (hint: the file is damaged, copy it again)", t.Name, t.Dims)
		}
		size *= d
	}
	if t.Dims[0]%uint64(t.Type.Elements) != 0 {
		return fmt.Errorf("tensor %q has rows of %d elements, %s stores them in blocks of %d (hint: choose another type for it)",
			t.Name, t.Dims[0], t.Type, t.Type.Elements)
	}
	return nil
}
