package suite

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tunegate/tunegate/internal/strictyaml"
)

// The assertions that a turn can make of an answer.
const (
	Contains     = "contains"      // the value stands in the answer
	IContains    = "icontains"     // the same, ignoring case
	IContainsAny = "icontains-any" // one of the values stands in it, ignoring case
	Regex        = "regex"         // the RE2 expression matches somewhere
	Equals       = "equals"        // the whole answer, outer white space aside
	FinishReason = "finish-reason" // the answer ended by itself: only "stop", since an answer that ends otherwise is no evidence
	NoRepeat     = "no-repeat"     // at most Threshold of the answer's word 3-grams stand in the previous answer
	MathsEqual   = "maths-equal"   // the answer's mathematics equals the value
)

// Types lists the assertions that are built.
func Types() []string {
	return []string{Contains, IContains, IContainsAny, Regex, Equals, FinishReason, NoRepeat, MathsEqual}
}

// defaultRepeat is the share of repeated word 3-grams that no-repeat lets pass
// when the suite names none.
const defaultRepeat = 0.35

// plannedTypes are promptfoo's and the design's, and not built yet.
var plannedTypes = map[string]bool{
	"llm-rubric": true, "is-json": true, "contains-json": true, "not-contains": true,
	"similar": true, "latency": true, "contains-all": true, "icontains-all": true, "contains-any": true,
}

func (a Assert) check() error {
	switch a.Type {
	case Contains, IContains, Equals, MathsEqual, FinishReason:
		if len(a.Values) != 1 || strings.TrimSpace(a.Values[0]) == "" {
			return fmt.Errorf("%s needs one `value`", a.Type)
		}
		if a.Type == FinishReason && a.Values[0] != "stop" {
			return fmt.Errorf("finish-reason %q can never pass: an answer that ends otherwise than by stop is no evidence (hint: write value: stop)", a.Values[0])
		}
	case IContainsAny:
		if len(a.Values) == 0 {
			return fmt.Errorf("%s needs a list of texts as `value`", a.Type)
		}
		for _, value := range a.Values {
			if value == "" {
				return fmt.Errorf("%s: an empty text is in every answer", a.Type)
			}
		}
	case Regex:
		if len(a.Values) != 1 {
			return fmt.Errorf("regex needs one `value`")
		}
		if _, err := regexp.Compile(a.Values[0]); err != nil {
			return fmt.Errorf("regex: %w (hint: expressions are RE2: no lookahead, no backreference)", err)
		}
	case NoRepeat:
		if a.Of != "previous" {
			return fmt.Errorf("no-repeat needs `of: previous`")
		}
		if !(a.Threshold >= 0 && a.Threshold <= 1) {
			return fmt.Errorf("no-repeat: threshold %v is a share from 0 to 1", a.Threshold)
		}
	case "":
		return fmt.Errorf("an assert needs a `type` (known: %s)", strings.Join(Types(), ", "))
	default:
		return unknown(a.Type)
	}
	return nil
}

func unknown(name string) error {
	if plannedTypes[name] {
		return fmt.Errorf("assertion %q is not built yet (known: %s)", name, strings.Join(Types(), ", "))
	}
	if near := strictyaml.Nearest(name, Types()); near != "" {
		return fmt.Errorf("unknown assertion %q (did you mean %q?)", name, near)
	}
	return fmt.Errorf("unknown assertion %q (known: %s)", name, strings.Join(Types(), ", "))
}
