package export

import (
	"context"
	"io"

	"github.com/tunegate/tunegate/internal/gguf"
)

// chunkSize is how much of a tensor is in memory at a time, in bytes.
const chunkSize = 4 << 20

// writeMerged writes the base's tensors in the order of table, with the change added,
// chunk by chunk.
func writeMerged(ctx context.Context, out io.Writer, base baseFile, metadata []gguf.KV, table []gguf.Tensor, change patches, progress func(Progress)) error {
	w, err := gguf.NewWriter(out, metadata, table)
	if err != nil {
		return err
	}
	report := counter("write", base.File, progress)
	var walk chunks
	var encoded []byte
	for i, t := range base.Tensors {
		convert := conversion{from: t.Type, to: table[i].Type, columns: t.Row()}
		if p := change.byTensor[t.Name]; p != nil {
			f, err := p.load()
			if err != nil {
				return err
			}
			convert.change = &f
		}
		unit := t.Type.Size(t.Row())
		err := walk.each(ctx, t, unit, func(chunk []byte, offset int64) error {
			if _, err := base.Data(t).ReadAt(chunk, offset); err != nil {
				return err
			}
			written := chunk
			if convert.from != convert.to {
				size := len(chunk) / unit * convert.to.Size(convert.columns)
				if len(encoded) < size {
					encoded = make([]byte, size)
				}
				written = encoded[:size]
			}
			if row := convert.rows(written, chunk, int(offset)/unit); row >= 0 {
				return convert.overflow(t.Name, row)
			}
			report(len(chunk))
			_, err := w.Write(written)
			return err
		})
		if err != nil {
			return err
		}
	}
	return w.Close()
}

// chunks walks through tensors with one buffer.
type chunks struct{ buffer []byte }

// each calls visit for each chunk of a tensor's data in turn, with its offset. Chunks
// are multiples of unit bytes long, not filled, and valid only during the call.
func (c *chunks) each(ctx context.Context, t gguf.Tensor, unit int, visit func(chunk []byte, offset int64) error) error {
	size, step := int64(t.Size()), int64(max(1, chunkSize/unit)*unit)
	if int64(len(c.buffer)) < step {
		c.buffer = make([]byte, step)
	}
	for offset := int64(0); offset < size; offset += step {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := visit(c.buffer[:min(step, size-offset)], offset); err != nil {
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
