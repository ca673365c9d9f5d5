package export

import (
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/gguf"
)

// tensor is a tensor of a family's GGUF and the source of its values.
type tensor struct {
	name   string    // in the GGUF
	source string    // in the safetensors; empty: not from there
	shape  []int     // of the source or the values, PyTorch's: rows first
	rows   rowMap    // which of the source's rows the tensor takes
	offset float32   // added to every value of the source
	f32    bool      // kept in F32, as every vector is
	values []float32 // values from the config, without a source
}

// size returns the rows and columns of the tensor; the elements of a vector are rows.
func (t tensor) size() (rows, columns int) {
	rows, columns = t.shape[0], 1
	for _, n := range t.shape[1:] {
		columns *= n
	}
	if t.rows.of != nil {
		rows = t.rows.count
	}
	return rows, columns
}

// entry returns the tensor's entry in the table of a 16-bit GGUF.
func (t tensor) entry() gguf.Tensor {
	e := gguf.Tensor{Name: t.name, Type: gguf.F16}
	if len(t.shape) == 1 || t.f32 {
		e.Type = gguf.F32
	}
	shape := slices.Clone(t.shape)
	shape[0], _ = t.size()
	for _, n := range slices.Backward(shape) {
		e.Dims = append(e.Dims, uint64(n))
	}
	return e
}

// tensorReader reads the values of a tensor.
type tensorReader struct {
	tensor
	array gguf.Array
}

// read fills dst with whole rows, starting at row first of the tensor.
func (r tensorReader) read(dst []float32, first int) error {
	_, columns := r.size()
	if r.source == "" {
		copy(dst, r.values[first*columns:])
		return nil
	}
	for done, rows := 0, len(dst)/columns; done < rows; {
		// Consecutive source rows are read at once.
		run := 1
		for done+run < rows && r.rows.row(first+done+run) == r.rows.row(first+done)+run {
			run++
		}
		if err := r.array.Float32s(dst[done*columns:][:run*columns], r.rows.row(first+done)*columns); err != nil {
			return err
		}
		done += run
	}
	if r.offset != 0 {
		for i := range dst {
			dst[i] += r.offset
		}
	}
	return nil
}

// where describes element i of the tensor for messages.
func (r tensorReader) where(i int) string {
	if r.source == "" {
		return fmt.Sprintf("tensor %s element %d", r.name, i)
	}
	_, columns := r.size()
	return fmt.Sprintf("%s: tensor %s element %d", r.array.File, r.array.Name, r.rows.row(i/columns)*columns+i%columns)
}
