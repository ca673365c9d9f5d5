package register

import (
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
)

// Revision is part of the keys of tags and renderings. Raise it with each change
// of the code that changes what is rendered or registered, so that results of
// older code are not reused.
const Revision = 1

// AgreementRevision is part of the keys of what is compared between trainer and
// server. Raise it with each change of the prompts, the texts or the bounds.
const AgreementRevision = 1

// Ingredients are what decides a tag besides how it is served.
type Ingredients struct {
	GGUF      string    // sha256 of the file
	Rendering Rendering // that the server must agree with
	Server    string    // the shared server's address, or "auto" for a private one
	Name      string    // of the config, which the tag's name begins with
}

// Slot is that of the tag that Run makes and proves.
func Slot(s Serve, i Ingredients) store.Slot {
	return store.Slot{
		Stage: "register", Options: s,
		Key:    store.NewKey("register", Revision, i.GGUF, s, i.Rendering, i.Server, i.Name),
		Inputs: map[string]string{"gguf": i.GGUF, "prompts": string(store.Digest(i.Rendering))},
	}
}

// RenderSlot is that of what Render makes of the prompts, with the tokenizer of the
// base with this identity. The embedded programs and their locked packages are a
// part of its key.
func RenderSlot(base string, prompts []Rendered) store.Slot {
	return store.Slot{Stage: "render", Key: store.NewKey("render", Revision, base, prompts, Probe(), python.Digest())}
}

// ReferenceSlot is that of what Refer makes of the base with this identity, whose
// GGUF it was held against. The embedded programs and their locked packages are a part
// of its key.
func ReferenceSlot(base, gguf, system string) store.Slot {
	return store.Slot{Stage: "reference", Key: store.NewKey("reference", AgreementRevision, base, gguf, system, python.Digest())}
}

// AgreementSlot is that of what Agree finds of the model, by a server in this version
// at this address (empty for a private one) on this device.
func AgreementSlot(r Reference, modelID, server, address, device string, numCtx int) store.Slot {
	return store.Slot{Stage: "agreement", Key: store.NewKey("agreement", AgreementRevision, r, modelID, server, address, device, numCtx)}
}
