package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/tunegate/tunegate/internal/gguf"
)

// prove compares the written file with NAME-base's: same metadata, names, types
// and shapes; the patched tensors differ by their change, the others in no byte.
func prove(ctx context.Context, written, baseExport string, change patches, progress func(Progress)) (_ []ChangedTensor, err error) {
	base, err := gguf.Open(baseExport)
	if err != nil {
		return nil, fmt.Errorf("the export of NAME-base: %w (run `tunegate setup`)", err)
	}
	defer func() { err = errors.Join(err, base.Close()) }()
	candidate, err := gguf.Open(written)
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
	var walk blocks
	old := make([]byte, blockSize)
	for _, t := range base.Tensors {
		seen := comparison{patch: change.byTensor[t.Name]}
		err := walk.each(ctx, t, 1, func(block []byte, offset int64) error {
			old := old[:len(block)]
			if _, err := base.Data(t).ReadAt(old, offset); err != nil {
				return err
			}
			if _, err := candidate.Data(t).ReadAt(block, offset); err != nil {
				return err
			}
			report(len(block))
			if seen.patch != nil {
				return seen.add(old, block, offset)
			}
			if !bytes.Equal(old, block) {
				return fail(UnexpectedChange, hint, "tensor %s differs, the adapter does not name it", t.Name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if seen.patch != nil {
			tensor, err := seen.result()
			if err != nil {
				return nil, err
			}
			changed = append(changed, tensor)
		}
	}
	return changed, nil
}
