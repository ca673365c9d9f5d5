package dataset

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Level says what a finding does: an error that is new blocks, a warning is only
// shown. A record with an error gives no row.
type Level string

// The levels of a check.
const (
	Error Level = "error"
	Warn  Level = "warn"
	Off   Level = "off"
)

// CheckOptions sets one check.
type CheckOptions struct {
	Level Level `json:"level"`
	// Threshold is the Jaccard similarity, above 0 and up to 1, from which
	// near_duplicate reports two records; 0 for every other check.
	Threshold float64 `json:"threshold"`
}

// The names of the checks.
const (
	checkJSON          = "json"            // the file, or a line of a JSONL file, is not JSON
	checkBOM           = "byte_order_mark" // the file begins with a UTF-8 byte-order mark
	checkDuplicateKey  = "duplicate_key"   // an object has two members of one name
	checkEncoding      = "encoding"        // bad UTF-8 or half a surrogate pair
	checkType          = "type"            // not text where text is expected
	checkNoQuestion    = "no_question"
	checkNoAnswer      = "no_answer"
	checkContext       = "context"     // the earlier turns can't be paired
	checkLevel         = "level"       // an unknown learner level
	checkUnusedText    = "unused_text" // text that is in the record and in no row
	checkContamination = "contamination"
	checkExact         = "exact_duplicate"
	checkNear          = "near_duplicate"
)

type check struct {
	CheckOptions
	// unreadable: there is no row whatever the level, so it can't be off.
	unreadable bool
}

var checks = map[string]check{
	checkJSON:          {CheckOptions{Level: Error}, true},
	checkBOM:           {CheckOptions{Level: Warn}, false},
	checkDuplicateKey:  {CheckOptions{Level: Error}, false},
	checkEncoding:      {CheckOptions{Level: Error}, false},
	checkType:          {CheckOptions{Level: Error}, true},
	checkNoQuestion:    {CheckOptions{Level: Error}, true},
	checkNoAnswer:      {CheckOptions{Level: Error}, true},
	checkContext:       {CheckOptions{Level: Error}, true},
	checkLevel:         {CheckOptions{Level: Warn}, false},
	checkUnusedText:    {CheckOptions{Level: Warn}, false},
	checkContamination: {CheckOptions{Level: Error}, false},
	checkExact:         {CheckOptions{Level: Warn}, false},
	checkNear:          {CheckOptions{Level: Warn, Threshold: 0.85}, false},
}

// DefaultChecks gives every check with its default.
func DefaultChecks() map[string]CheckOptions {
	defaults := make(map[string]CheckOptions, len(checks))
	for name, check := range checks {
		defaults[name] = check.CheckOptions
	}
	return defaults
}

// ValidateCheck refuses a name that no check has.
func ValidateCheck(name string) error {
	if _, known := checks[name]; !known {
		return fmt.Errorf("unknown check %q (known: %s)", name, strings.Join(slices.Sorted(maps.Keys(checks)), ", "))
	}
	return nil
}

// ValidateLevel refuses a level that there is not, or that a known check can't have.
func ValidateLevel(name string, level Level) error {
	switch {
	case level != Error && level != Warn && level != Off:
		return fmt.Errorf("check %s has the level %q (known: error, warn, off)", name, level)
	case level == Off && checks[name].unreadable:
		return fmt.Errorf("check %s can't be off, records would vanish without a word (hint: use warn)", name)
	}
	return nil
}

// ValidateThreshold refuses a threshold for a check that compares nothing, and
// one that near_duplicate can't use.
func ValidateThreshold(name string, threshold float64) error {
	switch {
	case name != checkNear:
		return fmt.Errorf("check %s takes no threshold (hint: only %s compares records by one)", name, checkNear)
	case !(threshold > 0 && threshold <= 1):
		return fmt.Errorf("check %s has the threshold %v (hint: a share above 0, up to 1; level off ends the check)", name, threshold)
	}
	return nil
}
