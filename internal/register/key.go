package register

import (
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
)

// Revision is part of the keys of tags and renderings. Raise it with each change
// of the code that changes what is rendered or registered, so that results of
// older code are not reused.
const Revision = 1

// AgreementRevision is part of the keys of comparisons between trainer and server.
// Raise it with each change of the prompts, texts or bounds.
const AgreementRevision = 1

// Ingredients decide a tag, together with how it is served.
type Ingredients struct {
	GGUF      string    // sha256 of the file
	Rendering Rendering // the server must agree with it
	Server    string    // the shared server's address, or "auto" for a private one
	Name      string    // from the config; the tag's name begins with it
}

// Slot returns the slot of the tag that Run creates and proves.
func Slot(s Serve, i Ingredients) store.Slot {
	return store.Slot{
		Stage: "register", Options: s,
		Key:    store.NewKey("register", Revision, i.GGUF, s, i.Rendering, i.Server, i.Name),
		Inputs: map[string]string{"gguf": i.GGUF, "prompts": string(store.Digest(i.Rendering))},
	}
}

// RenderSlot returns the slot of the prompts that Render renders with the tokenizer of
// the base with this identity. Its key covers the embedded programs and their locked
// packages.
func RenderSlot(base string, prompts []Rendered) store.Slot {
	return store.Slot{Stage: "render", Key: store.NewKey("render", Revision, base, prompts, Probe(), python.Digest())}
}

// ReferenceSlot returns the slot of Refer's result for the base with this identity and
// GGUF. Its key covers the embedded programs and their locked packages.
func ReferenceSlot(base, gguf, system string) store.Slot {
	return store.Slot{Stage: "reference", Key: store.NewKey("reference", AgreementRevision, base, gguf, system, python.Digest())}
}

// AgreementSlot returns the slot of Agree's result for the model on a server of this
// version, at this address (empty for a private one), on this device.
func AgreementSlot(r Reference, modelID, server, address, device string, numCtx int) store.Slot {
	return store.Slot{Stage: "agreement", Key: store.NewKey("agreement", AgreementRevision, r, modelID, server, address, device, numCtx)}
}
