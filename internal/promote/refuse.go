package promote

import (
	"errors"
	"fmt"
)

var (
	// ErrUsage is behind refusals of what the user named: a version that is taken
	// or unknown, a run that does not exist.
	ErrUsage = errors.New("usage")
	// ErrVerdict is behind the refusal of a model whose verdict forbids its promotion.
	ErrVerdict = errors.New("the verdict forbids the promotion")
)

// refusal is an error whose kind its message does not repeat.
type refusal struct {
	error
	kind error
}

func (r refusal) Unwrap() []error { return []error{r.error, r.kind} }

func refuse(kind error, format string, args ...any) error {
	return refusal{fmt.Errorf(format, args...), kind}
}
