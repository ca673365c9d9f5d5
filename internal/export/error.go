package export

import "fmt"

// Error is an export failure that a run reports by name.
type Error struct {
	Name    string // one of the constants below
	Message string // names the tensor or key, and what was found
	Hint    string // what to do about it
}

// The names of the failures.
const (
	// DeadAdapter: a factor of a trained module is zero throughout.
	DeadAdapter = "export/dead-adapter"
	// MissingTensor: the adapter lacks a tensor that was trained.
	MissingTensor = "export/missing-tensor"
	// UnknownTensor: the adapter holds a tensor that the base lacks or the trainer did
	// not measure.
	UnknownTensor = "export/unknown-tensor"
	// RankMismatch: a shape fits neither the rank in the config nor the base.
	RankMismatch = "export/rank-mismatch"
	// NotFinite: a NaN or an infinity in the adapter.
	NotFinite = "export/not-finite"
	// Overflow: a weight is too large for F16.
	Overflow = "export/overflow"
	// ChangeDiffers: the change differs from the one that the trainer measured.
	ChangeDiffers = "export/change-differs"
	// NoChange: an adapted tensor equals the base's.
	NoChange = "export/no-change"
	// UnexpectedChange: something differs from the base that the adapter does not
	// change.
	UnexpectedChange = "export/unexpected-change"
	// OtherBase: the GGUF of the base is not the model that the trainer loads.
	OtherBase = "export/other-base"
	// Unsupported: a kind of adapter or base that is not supported yet.
	Unsupported = "export/unsupported"
)

func (e *Error) Error() string { return fmt.Sprintf("%s: %s (hint: %s)", e.Name, e.Message, e.Hint) }

// fail makes an Error; the message is a format for args.
func fail(name, hint, message string, args ...any) error {
	return &Error{Name: name, Message: fmt.Sprintf(message, args...), Hint: hint}
}
