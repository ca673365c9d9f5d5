package assertion

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/strictyaml"
)

// table is a list of types, each with a name of its own.
type table []Type

// types are the assertions that are built: another one is added here, and in a file
// of its own.
var types = table{contains, iContains, iContainsAny, regex, equals, finishReason, noRepeat, mathsEqual}

// planned are promptfoo's and the design's, and not built yet.
var planned = map[string]bool{
	"llm-rubric": true, "is-json": true, "contains-json": true, "similar": true,
	"latency": true, "contains-all": true, "icontains-all": true, "contains-any": true,
}

const negation = "not-"

// Parse makes an assert of what a file gives.
func Parse(given Given) (Assert, error) { return types.parse(given) }

// Types are the assertions that a suite can ask.
func Types() []Type { return slices.Clone(types) }

// NeedsPrevious says whether assertions of a type compare with the answer of the
// turn before.
func NeedsPrevious(name string) bool {
	kind, _, _ := types.find(name)
	return kind.NeedsPrevious
}

// Read puts the assert's values to the grader that will need them, if any. The
// mistake says why one cannot be read; an error, that the grader cannot run.
func (a Assert) Read(ctx context.Context, maths Maths) (mistake string, err error) {
	return types.read(ctx, a, maths)
}

// Grade decides on an answer. An error is the grader's own failure, or a value
// that Read refuses.
func (a Assert) Grade(ctx context.Context, answer Answer, maths Maths) (Result, error) {
	return types.grade(ctx, a, answer, maths)
}

// find gives the type that a file names, and whether not- stands before it.
func (t table) find(name string) (kind Type, negated, found bool) {
	for _, kind := range t {
		if name == kind.Name {
			return kind, false, true
		}
		if name == negation+kind.Name {
			return kind, true, true
		}
	}
	return Type{}, false, false
}

func (t table) parse(given Given) (Assert, error) {
	kind, negated, found := t.find(given.Type)
	switch {
	case !found:
		return Assert{}, t.unknown(given.Type)
	case negated && !kind.Negatable:
		return Assert{}, fmt.Errorf("%s cannot be negated (hint: remove the %s)", kind.Name, negation)
	}
	parsed := Assert{Type: given.Type, Values: given.Values, Weight: 1}
	if given.Weight != nil {
		parsed.Weight = *given.Weight
	}
	if !(parsed.Weight >= 0) || math.IsInf(parsed.Weight, 1) {
		return Assert{}, fmt.Errorf("weight %v is not a number from 0 up", parsed.Weight)
	}
	err := kind.Parse(given, &parsed) // before parsed is read: it completes it
	return parsed, err
}

func (t table) read(ctx context.Context, a Assert, maths Maths) (mistake string, err error) {
	kind, _, found := t.find(a.Type)
	if !found || kind.Read == nil {
		return "", nil
	}
	return kind.Read(ctx, a, maths)
}

func (t table) grade(ctx context.Context, a Assert, answer Answer, maths Maths) (Result, error) {
	kind, negated, found := t.find(a.Type)
	if !found {
		return Result{}, fmt.Errorf("no grader for assertion %q", a.Type)
	}
	result, err := kind.Grade(ctx, a, answer, maths)
	switch {
	case err != nil:
		return Result{}, err
	case negated && result.Outcome == Pass:
		return Result{Fail, kind.About}, nil
	case negated && result.Outcome == Fail:
		return Result{Outcome: Pass}, nil
	}
	return result, nil
}

func (t table) names() []string {
	names := make([]string, len(t))
	for i, kind := range t {
		names[i] = kind.Name
	}
	return names
}

func (t table) unknown(name string) error {
	known := strings.Join(t.names(), ", ")
	switch near := strictyaml.Nearest(name, t.names()); {
	case name == "":
		return fmt.Errorf("an assert needs a `type` (hint: choose one of %s)", known)
	case planned[name]:
		return fmt.Errorf("assertion %q is not built yet (hint: choose one of %s)", name, known)
	case near != "":
		return fmt.Errorf("unknown assertion %q (hint: did you mean %q?)", name, near)
	}
	return fmt.Errorf("unknown assertion %q (hint: choose one of %s)", name, known)
}
