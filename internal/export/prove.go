package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
)

// prove compares the written file with NAME-base's: same metadata, names, types and
// shapes; patched tensors differ by their change, all others are identical.
func (e exporter) prove(ctx context.Context, written, baseExport string, change patches, progress func(Progress)) (_ []ChangedTensor, err error) {
	base, err := e.types.Open(baseExport)
	if err != nil {
		return nil, fmt.Errorf("the export of NAME-base: %w (hint: run `tunegate setup`)", err)
	}
	defer func() { err = errors.Join(err, base.Close()) }()
	candidate, err := e.types.Open(written)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, candidate.Close()) }()
	const hint = "NAME-base was exported from another base: run `tunegate setup`"
	if !reflect.DeepEqual(candidate.Metadata, base.Metadata) {
		return nil, fail(UnexpectedChange, hint, "the metadata differs from that of %s", baseExport)
	}
	if !reflect.DeepEqual(candidate.Tensors, base.Tensors) {
		return nil, fail(UnexpectedChange, hint, "the tensor table differs from that of %s", baseExport)
	}
	var changed []ChangedTensor
	report := counter("prove", base, progress)
	var walk chunks
	old := make([]byte, chunkSize)
	for _, t := range base.Tensors {
		p := change.byTensor[t.Name]
		seen := newComparison(t, p)
		err := walk.each(ctx, t, t.Type.Bytes, func(chunk []byte, offset int64) error {
			old := old[:len(chunk)]
			if _, err := base.Data(t).ReadAt(old, offset); err != nil {
				return err
			}
			if _, err := candidate.Data(t).ReadAt(chunk, offset); err != nil {
				return err
			}
			report(len(chunk))
			if p != nil {
				return seen.add(old, chunk, offset)
			}
			if !bytes.Equal(old, chunk) {
				return fail(UnexpectedChange, hint, "tensor %s differs, but the adapter does not change it", t.Name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if p != nil {
			tensor, err := seen.result()
			if err != nil {
				return nil, err
			}
			changed = append(changed, tensor)
		}
	}
	return changed, nil
}
