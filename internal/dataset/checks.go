package dataset

import (
	"maps"
	"slices"
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

// CheckOptions sets one check. An empty level and a threshold of 0 are the default.
type CheckOptions struct {
	Level Level `json:"level"`
	// Threshold is a Jaccard similarity from 0 to 1, for near_duplicate only.
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

func checkNames() []string { return slices.Sorted(maps.Keys(checks)) }

// check gives the options in force.
func (o Options) check(name string) CheckOptions {
	options := checks[name].CheckOptions
	if given := o.Checks[name]; given.Level != "" {
		options.Level = given.Level
	}
	if given := o.Checks[name]; given.Threshold != 0 {
		options.Threshold = given.Threshold
	}
	return options
}
