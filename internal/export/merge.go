package export

import (
	"context"
	"io"

	"github.com/tunegate/tunegate/internal/gguf"
)

// blockSize is how much of a tensor is in memory at a time, bytes.
const blockSize = 4 << 20

// writeMerged writes the base's tensors in their order, changed by change.
func writeMerged(ctx context.Context, out io.Writer, base *gguf.File, change patches, progress func(Progress)) error {
	w, err := gguf.NewWriter(out, servedMetadata(base), base.Tensors)
	if err != nil {
		return err
	}
	report := counter("write", base, progress)
	var walk blocks
	for _, t := range base.Tensors {
		p := change.byTensor[t.Name]
		merge := func([]byte, int64) error { return nil }
		unit := int64(1)
		if p != nil {
			f, err := p.load()
			if err != nil {
				return err
			}
			unit = int64(2 * p.in)
			merge = func(block []byte, offset int64) error {
				if row := f.addTo(block, int(offset/unit)); row >= 0 {
					return fail(Overflow, "lower the learning rate and train again",
						"%s row %d: base and change together leave the range of F16", t.Name, row)
				}
				return nil
			}
		}
		err := walk.each(ctx, t, unit, func(block []byte, offset int64) error {
			if _, err := base.Data(t).ReadAt(block, offset); err != nil {
				return err
			}
			if err := merge(block, offset); err != nil {
				return err
			}
			report(len(block))
			_, err := w.Write(block)
			return err
		})
		if err != nil {
			return err
		}
	}
	return w.Close()
}

// blocks walks through tensors with one buffer.
type blocks struct{ buffer []byte }

// each calls visit for one block after the other of a tensor's data, each a
// multiple of unit bytes long, with its offset. The block is not filled, and it
// is valid during the call only.
func (b *blocks) each(ctx context.Context, t gguf.Tensor, unit int64, visit func(block []byte, offset int64) error) error {
	size, step := int64(t.Size()), max(1, blockSize/unit)*unit
	if int64(len(b.buffer)) < step {
		b.buffer = make([]byte, step)
	}
	for offset := int64(0); offset < size; offset += step {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := visit(b.buffer[:min(step, size-offset)], offset); err != nil {
			return err
		}
	}
	return nil
}

// counter returns a function that adds to the bytes done and reports them.
func counter(stage string, f *gguf.File, progress func(Progress)) func(int) {
	now := Progress{Stage: stage}
	for _, t := range f.Tensors {
		now.Total += int64(t.Size())
	}
	return func(n int) {
		now.Done += int64(n)
		progress(now)
	}
}
