package suite

import (
	"context"
	"fmt"

	"github.com/tunegate/tunegate/internal/assertion"
)

// Validate puts every value of the suites that a grader has to read to that
// grader, so that one which it cannot read is known before anything is trained.
// Each mistake has file and line. The error says that the grader itself cannot run
// or ctx has ended; then not every value was put.
func Validate(ctx context.Context, maths assertion.Maths, suites []Suite) (mistakes []error, err error) {
	v := validation{maths: maths, read: map[string]string{}, seen: map[string]bool{}}
	for _, s := range suites {
		for _, c := range s.Cases {
			for _, turn := range c.Turns {
				for _, a := range turn.Asserts {
					if err := v.add(ctx, s.Path, a); err != nil {
						return v.mistakes, fmt.Errorf("%s:%d: %w", s.Path, a.Line, err)
					}
				}
			}
		}
	}
	return v.mistakes, nil
}

type validation struct {
	maths    assertion.Maths
	read     map[string]string // mistakes by type and values
	seen     map[string]bool   // places: a default stands in many cases
	mistakes []error
}

func (v *validation) add(ctx context.Context, path string, a assertion.Assert) error {
	what, where := fmt.Sprintf("%s %q", a.Type, a.Values), fmt.Sprintf("%s:%d", path, a.Line)
	mistake, known := v.read[what]
	if !known {
		var err error
		if mistake, err = a.Read(ctx, v.maths); err != nil {
			return err
		}
		v.read[what] = mistake
	}
	if key := where + " " + what; mistake != "" && !v.seen[key] {
		v.seen[key] = true
		v.mistakes = append(v.mistakes, fmt.Errorf("%s: %s: %s", where, a.Type, mistake))
	}
	return nil
}
