package export

import (
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/gguf"
)

// tensor is one tensor of a family's GGUF and where its values come from.
type tensor struct {
	name   string    // in the GGUF
	source string    // in the safetensors; empty: the values do not come from there
	shape  []int     // of the source or the values, PyTorch's: rows first
	rows   rowMap    // the source's rows that the tensor takes
	plus   float32   // added to every value of the source
	wide   bool      // kept in 32 bits, as every vector is
	values []float32 // what the config decides, without a source
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

// entry returns the tensor's line in the table of a 16-bit GGUF.
func (t tensor) entry() gguf.Tensor {
	e := gguf.Tensor{Name: t.name, Type: gguf.F16}
	if len(t.shape) == 1 || t.wide {
		e.Type = gguf.F32
	}
	shape := slices.Clone(t.shape)
	shape[0], _ = t.size()
	for _, n := range slices.Backward(shape) {
		e.Dims = append(e.Dims, uint64(n))
	}
	return e
}

// bound is a tensor with the array that its values are read from.
type bound struct {
	tensor
	array gguf.Array
}

// read fills dst with whole rows, from row first of the tensor on.
func (b bound) read(dst []float32, first int) error {
	_, columns := b.size()
	if b.source == "" {
		copy(dst, b.values[first*columns:])
		return nil
	}
	for done, rows := 0, len(dst)/columns; done < rows; {
		// Rows that follow each other in the source are read at once.
		run := 1
		for done+run < rows && b.sourceRow(first+done+run) == b.sourceRow(first+done)+run {
			run++
		}
		if err := b.array.Float32s(dst[done*columns:][:run*columns], b.sourceRow(first+done)*columns); err != nil {
			return err
		}
		done += run
	}
	if b.plus != 0 {
		for i := range dst {
			dst[i] += b.plus
		}
	}
	return nil
}

func (t tensor) sourceRow(row int) int {
	if t.rows.of == nil {
		return row
	}
	return t.rows.of(row)
}

// where names element i of the tensor for a message.
func (b bound) where(i int) string {
	if b.source == "" {
		return fmt.Sprintf("tensor %s element %d", b.name, i)
	}
	_, columns := b.size()
	return fmt.Sprintf("%s: tensor %s element %d", b.array.File, b.array.Name, b.sourceRow(i/columns)*columns+i%columns)
}
