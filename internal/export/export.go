// Package export turns a base model and a trained adapter into the GGUF file that is
// served.
//
// WriteBase exports a Hugging Face model folder once per base; Run patches a 16-bit
// base GGUF with a PEFT LoRA adapter once per candidate. A candidate comes with a proof
// that it differs from the base's own export by exactly the change that the trainer
// measured. The same input gives the same bytes on every machine. A file gets its final
// name only when it is complete and proved.
//
// A kind of model is a family (families.go), declared in a file such as qwen2.go; a
// value of export.quantization is an entry in quantization.go, which chooses among the
// types of package gguf.
package export

import (
	"context"
	"errors"

	"github.com/tunegate/tunegate/internal/gguf"
)

// Options are what the user chooses.
type Options struct {
	Quantization string `json:"quantization"` // one of Quantizations
}

// Adapter is a trained LoRA adapter and what it is proved against.
type Adapter struct {
	Dir        string   // adapter_config.json, adapter_model.safetensors
	Changes    []Change // what the trainer measured, every module once
	BaseExport string   // the GGUF of NAME-base: Run without an adapter, same options
}

// Progress reports an export's progress. Stage is write or prove; Done and Total are
// bytes of tensor data.
type Progress struct {
	Stage       string
	Done, Total int64
}

// Digest identifies a written file.
type Digest struct {
	GGUFSHA256 string `json:"gguf_sha256"` // lower-case hex
	Size       int64  `json:"size"`        // bytes
}

// Proof describes what was written and how it differs from NAME-base.
type Proof struct {
	Digest
	Changed   []ChangedTensor `json:"changed"` // in file order
	Unchanged int             `json:"unchanged"`
}

// Run writes the GGUF of NAME-base (adapter nil) or of a candidate to out, in
// one streaming pass over baseGGUF. Matrices that the adapter names become
// W + s*B*A, rounded to the type that the options give; the others are copied,
// or rounded where they have another type. progress may be nil.
//
// A candidate is proved twice: the adapter against the trainer's measurement
// before the pass, the written file against adapter.BaseExport after it. Both fail with
// an *Error.
func Run(ctx context.Context, o Options, baseGGUF string, adapter *Adapter, out string, progress func(Progress)) (Proof, error) {
	return builtIn().run(ctx, o, baseGGUF, adapter, out, progress)
}

// exporter lists what can be exported. To add a family, tensor type or quantization, add
// an entry to its table.
type exporter struct {
	families      []family
	types         gguf.Types
	quantizations []quantization
}

func builtIn() exporter { return exporter{families(), gguf.Known(), quantizations()} }

func (e exporter) run(ctx context.Context, o Options, baseGGUF string, adapter *Adapter, out string, progress func(Progress)) (proof Proof, err error) {
	q, err := e.quantization(o.Quantization)
	if err != nil {
		return Proof{}, err
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	base, err := e.openBase(baseGGUF)
	if err != nil {
		return Proof{}, err
	}
	defer func() { err = errors.Join(err, base.Close()) }()
	table, err := q.table(base.Tensors)
	if err != nil {
		return Proof{}, err
	}
	var change patches
	if adapter != nil {
		if change, err = readAdapter(*adapter, base); err != nil {
			return Proof{}, err
		}
		defer func() { err = errors.Join(err, change.Close()) }()
	}
	proof.Changed, proof.Unchanged = []ChangedTensor{}, len(base.Tensors)
	proof.Digest, err = writeFile(out, func(w *draft) error {
		return writeMerged(ctx, w, base, q.metadata(base.Metadata), table, change, progress)
	}, func(written string) error {
		if adapter == nil {
			return nil
		}
		proof.Changed, err = e.prove(ctx, written, adapter.BaseExport, change, progress)
		proof.Unchanged -= len(proof.Changed)
		return err
	})
	if err != nil {
		return Proof{}, err
	}
	return proof, nil
}

// baseFile is a base GGUF and the family that it belongs to.
type baseFile struct {
	*gguf.File
	family family
}

// openBase opens a base GGUF and refuses one that cannot be patched.
func (e exporter) openBase(path string) (baseFile, error) {
	file, err := e.types.Open(path)
	if err != nil {
		return baseFile{}, err
	}
	f, err := e.familyOf(path, file.Metadata)
	for _, t := range file.Tensors {
		if t.Type.Encode == nil {
			err = fail(Unsupported, "use a base GGUF of F16 matrices and F32 vectors", "%s: tensor %s is %s", path, t.Name, t.Type)
		}
	}
	if err != nil {
		return baseFile{}, errors.Join(err, file.Close())
	}
	return baseFile{file, f}, nil
}
