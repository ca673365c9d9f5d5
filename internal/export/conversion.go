package export

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/tunegate/tunegate/internal/gguf"
)

// conversion converts rows from one type to another and adds a change.
type conversion struct {
	from, to *gguf.Type
	columns  int
	change   *factors // nil: none
}

// rows converts src, which starts at row first of the tensor, into dst, which is src
// itself if the types are the same. It returns the tensor's first row that does not fit
// the type, or -1.
func (c conversion) rows(dst, src []byte, first int) int {
	if c.change == nil && c.from == c.to {
		return -1
	}
	read, write := c.from.Size(c.columns), c.to.Size(c.columns)
	rows := len(src) / read
	workers := min(runtime.GOMAXPROCS(0), rows)
	var bad atomic.Int64
	bad.Store(math.MaxInt64)
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			weights, sum := make([]float32, c.columns), make([]float32, c.columns)
			for row := rows * worker / workers; row < rows*(worker+1)/workers; row++ {
				c.from.Decode(weights, src[row*read:][:read])
				if c.change != nil {
					c.change.addRow(weights, sum, first+row)
				}
				if c.to.Encode(dst[row*write:][:write], weights) >= 0 {
					lower(&bad, int64(first+row))
					return
				}
			}
		})
	}
	group.Wait()
	if n := bad.Load(); n != math.MaxInt64 {
		return int(n)
	}
	return -1
}

// overflow returns the error for a row that rows returned.
func (c conversion) overflow(tensor string, row int) error {
	if c.change == nil {
		return fail(Overflow, "set export.quantization to another value", "%s row %d: the base exceeds the range of %s", tensor, row, c.to)
	}
	return fail(Overflow, "lower the learning rate and train again", "%s row %d: base and change together exceed the range of %s", tensor, row, c.to)
}

// lower sets v to n if that is less.
func lower(v *atomic.Int64, n int64) {
	for old := v.Load(); n < old && !v.CompareAndSwap(old, n); old = v.Load() {
	}
}
