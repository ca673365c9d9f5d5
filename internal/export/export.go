// Package export turns a base model and a trained adapter into the file that is
// served.
//
// In go a Hugging Face model folder (WriteBase, once a base) or a 16-bit base
// GGUF with a PEFT LoRA adapter (Run, once a candidate); out comes a GGUF file
// and, for a candidate, the proof that it differs from the base's own export by
// exactly the change that the trainer measured. The same input gives the same
// bytes on every machine. A file gets its name only when it is whole and proved.
package export

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/gguf"
)

const (
	architectureKey = "general.architecture"
	// templateKey makes Ollama guess a chat template and its stop words; the
	// template that is served is register's business.
	templateKey = "tokenizer.chat_template"
)

// Options are what the user chooses.
type Options struct {
	Quantization string `json:"quantization"` // f16
}

// Adapter is a trained LoRA adapter and what it must be proved against.
type Adapter struct {
	Dir        string   // adapter_config.json, adapter_model.safetensors
	Changes    []Change // what the trainer measured, every module once
	BaseExport string   // the GGUF of NAME-base: Run without an adapter, same options
}

// Progress is how far an export is. Stage is write or prove; Done and Total are
// bytes of tensor data.
type Progress struct {
	Stage       string
	Done, Total int64
}

// Digest names a written file.
type Digest struct {
	GGUFSHA256 string `json:"gguf_sha256"` // lower-case hex
	Size       int64  `json:"size"`        // bytes
}

// Proof says what was written and in what it differs from NAME-base.
type Proof struct {
	Digest
	Changed   []ChangedTensor `json:"changed"` // in file order
	Unchanged int             `json:"unchanged"`
}

// Run writes the GGUF of NAME-base (adapter nil) or of a candidate to out, in
// one streaming pass over baseGGUF. Tensors that the adapter does not name are
// copied; the others become F16(W + s*B*A). progress may be nil.
//
// A candidate is proved twice: the adapter against the trainer's measurement
// before the pass, the written file against adapter.BaseExport after it. The
// failures of both are of type *Error.
func Run(ctx context.Context, o Options, baseGGUF string, adapter *Adapter, out string, progress func(Progress)) (proof Proof, err error) {
	if o.Quantization != "f16" {
		return Proof{}, fmt.Errorf("export.quantization: %q is not built yet (set it to f16)", o.Quantization)
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	base, err := openBase(baseGGUF)
	if err != nil {
		return Proof{}, err
	}
	defer func() { err = errors.Join(err, base.Close()) }()
	var change patches
	if adapter != nil {
		if change, err = readAdapter(*adapter, base); err != nil {
			return Proof{}, err
		}
		defer func() { err = errors.Join(err, change.Close()) }()
	}
	proof.Changed, proof.Unchanged = []ChangedTensor{}, len(base.Tensors)
	proof.Digest, err = writeFile(out, func(w *draft) error {
		return writeMerged(ctx, w, base, change, progress)
	}, func(written string) error {
		if adapter == nil {
			return nil
		}
		proof.Changed, err = prove(ctx, written, adapter.BaseExport, change, progress)
		proof.Unchanged -= len(proof.Changed)
		return err
	})
	if err != nil {
		return Proof{}, err
	}
	return proof, nil
}

// openBase opens a base GGUF and refuses one that cannot be patched.
func openBase(path string) (*gguf.File, error) {
	base, err := gguf.Open(path)
	if err != nil {
		return nil, err
	}
	kv, _ := gguf.Find(base.Metadata, architectureKey)
	if name, _ := kv.Text(); name != architecture {
		err = fail(Unsupported, "only qwen2 is built yet", "%s: %s is %q", path, architectureKey, name)
	}
	for _, t := range base.Tensors {
		if t.Type != gguf.F16 && t.Type != gguf.F32 {
			err = fail(Unsupported, "use a base GGUF of F16 matrices and F32 vectors", "%s: tensor %s is %s", path, t.Name, t.Type)
		}
	}
	if err != nil {
		return nil, errors.Join(err, base.Close())
	}
	return base, nil
}

// servedMetadata is the base's without the chat template.
func servedMetadata(base *gguf.File) []gguf.KV {
	return slices.DeleteFunc(slices.Clone(base.Metadata), func(kv gguf.KV) bool { return kv.Key == templateKey })
}
