// Package assertion checks answers against the conditions that a suite puts on them. An
// assertion passes, fails or cannot tell; a mistake in it is found when the suite is
// read. A kind of assertion is one value of Type in a file of its own, listed in types.
package assertion

import (
	"context"

	"github.com/tunegate/tunegate/internal/maths"
	"github.com/tunegate/tunegate/internal/reference"
)

// Assert is one condition on an answer. Its JSON is part of the evaluation's key.
type Assert struct {
	// Type is the Name of a Type, or not- and that name.
	Type string
	// Values holds the value, or the list of values, in the order of the file.
	Values []string
	// Of names what a no-repeat assertion compares with: "previous".
	Of string
	// Threshold is the largest share (0 to 1) that a no-repeat assertion lets pass.
	Threshold float64
	// Weight 0 means the assertion is shown and never decides.
	Weight float64
	// Line is where it stands in the suite's file.
	Line int `json:"-"`
}

// Given is an assert as a file has it; what it leaves out is nil or empty.
type Given struct {
	Type     string
	Values   []string
	HasValue bool // also one that is an empty list
	Of       string
	// Threshold and Weight are the type's own and 1 where they are nil.
	Threshold, Weight *float64
}

// Answer is what an assertion looks at.
type Answer struct {
	Text       string
	DoneReason string // the server's: stop, length
	Previous   string // the answer of the turn before
}

// The outcomes. Unknown is neither of the others: the grader could not decide
// within its limits.
const (
	Pass    = "pass"
	Fail    = "fail"
	Unknown = "unknown"
)

// Result is an outcome and, unless it is Pass, the reason in words.
type Result struct {
	Outcome string
	Why     string
}

// Maths compares an answer's mathematics with a value; a maths.Checker is one.
type Maths interface {
	Compare(ctx context.Context, value, answer string) (maths.Result, error)
}

// Type is one kind of assertion.
type Type struct {
	Name string
	// About says in one line what holds when it passes.
	About string
	// Negatable: not- before the name turns pass and fail around.
	Negatable bool
	// Takes are the fields that an assert of the type has beside type and weight.
	Takes []reference.Key
	// NeedsPrevious: it compares with the answer of the turn before.
	NeedsPrevious bool
	// Parse completes the assert, which has type, values, weight and line, and
	// refuses what cannot be meant.
	Parse func(Given, *Assert) error
	// Read puts the values to the grader that will need them: mistake says why one
	// cannot be read, the error that the grader cannot run. Nil: no grader does.
	Read func(context.Context, Assert, Maths) (mistake string, err error)
	// Grade decides on an answer. An error is the grader's own failure, or a value
	// that Read would have refused.
	Grade func(context.Context, Assert, Answer, Maths) (Result, error)
}

// passIf is the result of an assertion that is never in doubt.
func passIf(passed bool, why string) (Result, error) {
	if passed {
		return Result{Outcome: Pass}, nil
	}
	return Result{Fail, why}, nil
}
