package export

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/base"
	"github.com/tunegate/tunegate/internal/gguf"
)

// CheckResolved compares WriteBase's GGUF with the base's files as the trainer's
// libraries resolve them: a folder of the same form, without weights. If the base would
// be served differently than it is trained, it returns an *Error.
func CheckResolved(resolved base.Folder, baseGGUF string) error {
	return builtIn().checkResolved(resolved, baseGGUF)
}

func (e exporter) checkResolved(resolved base.Folder, baseGGUF string) (err error) {
	f, _, m, err := e.read(resolved)
	var trained []gguf.KV
	if err == nil {
		trained, err = f.metadata(resolved, m)
	}
	if err != nil {
		return fail(OtherBase, otherHint, "the base cannot be exported as the trainer reads it: %v", err)
	}
	file, err := e.types.Open(baseGGUF)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	for _, want := range trained {
		if has, found := gguf.Find(file.Metadata, want.Key); !found || has.Type != want.Type || !bytes.Equal(has.Raw, want.Raw) {
			return fail(OtherBase, otherHint, "%s: %s", want.Key, valuesApart(want, has))
		}
	}
	for _, has := range file.Metadata {
		if _, found := gguf.Find(trained, has.Key); !found {
			return fail(OtherBase, otherHint, "%s is in the GGUF, but the trainer has none", has.Key)
		}
	}
	return nil
}

const otherHint = "load the base with transformers, save model and tokenizer to a new folder, and set `base.model` to it"

// valuesApart describes where two values of a key differ: for a list the first
// differing entry, such as a token with its ID.
func valuesApart(trained, exported gguf.KV) string {
	want, has := trained.List(), exported.List()
	for i := range max(len(want), len(has)) {
		if i >= len(want) || i >= len(has) || want[i] != has[i] {
			return fmt.Sprintf("entry %d is %s for the trainer, but %s in the GGUF", i, entry(want, i), entry(has, i))
		}
	}
	return "the trainer's value differs from the GGUF's"
}

func entry(list []string, i int) string {
	if i >= len(list) {
		return "none"
	}
	return list[i]
}
