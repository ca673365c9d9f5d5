package dataset

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/rawjson"
	"github.com/tunegate/tunegate/internal/records"
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
	// Threshold is the similarity, above 0 and up to 1, from which the check reports
	// two rows; 0 for a check that does not compare by one.
	Threshold float64 `json:"threshold"`
}

// check is one thing that records are looked at for.
type check struct {
	name string
	// about says in one line what it finds.
	about string
	// CheckOptions are the defaults. One with a threshold compares by it.
	CheckOptions
	// unreadable: there is no row whatever the level, so it cannot be off.
	unreadable bool
	// leavesOut: there is no row unless it is off.
	leavesOut bool

	// What it looks at is one of these; a check that has none reports what reading
	// a file or a record stumbles on. Their problems lack check and record.

	// record looks at each record as it stands in its file.
	record func(r records.Record, fields []rawjson.Value) []problem
	// row looks at each row by itself. It is made once for a tree.
	row func(in Input) func(e entry) []problem
	// pair looks at each row beside the first one that has the same key, those that
	// the change added after the others.
	pair *pairCheck
	// set looks at all rows together: problems by the rows' positions.
	set func(rows []kept) map[int]problem
}

type pairCheck struct {
	key     func(e entry) string
	compare func(first, e entry) []problem
}

// looksAt names what the check looks at.
func (c check) looksAt() string {
	switch {
	case c.record != nil:
		return "each record"
	case c.row != nil:
		return "each row"
	case c.pair != nil:
		return "pairs of rows"
	case c.set != nil:
		return "all rows together"
	}
	return "each file and record as it is read"
}

// table is a list of checks, each with a name of its own.
type table []check

// known are the checks that are built: another one is added here, and in a file
// of its own.
var known = table{
	badJSON, byteOrderMarked, duplicateKey, encoding, wrongType, noQuestion, noAnswer, wrongContext, unknownTag, unusedText,
	controlToken, contamination, exactDuplicate, nearDuplicate,
}

// DefaultChecks gives every check with its default.
func DefaultChecks() map[string]CheckOptions { return known.defaults() }

// ValidateCheck refuses a name that no check has.
func ValidateCheck(name string) error { return known.validateName(name) }

// ValidateLevel refuses a level that there is not, or that a known check can't have.
func ValidateLevel(name string, level Level) error { return known.validateLevel(name, level) }

// ValidateThreshold refuses a threshold for a check that compares by none, and
// one that no similarity reaches or every one does.
func ValidateThreshold(name string, threshold float64) error {
	return known.validateThreshold(name, threshold)
}

func (t table) find(name string) (check, bool) {
	at := slices.IndexFunc(t, func(c check) bool { return c.name == name })
	if at < 0 {
		return check{}, false
	}
	return t[at], true
}

func (t table) defaults() map[string]CheckOptions {
	defaults := make(map[string]CheckOptions, len(t))
	for _, c := range t {
		defaults[c.name] = c.CheckOptions
	}
	return defaults
}

func (t table) validateName(name string) error {
	if _, found := t.find(name); !found {
		return fmt.Errorf("unknown check %q (hint: choose one of %s)", name, strings.Join(slices.Sorted(maps.Keys(t.defaults())), ", "))
	}
	return nil
}

func (t table) validateLevel(name string, level Level) error {
	c, _ := t.find(name)
	switch {
	case level != Error && level != Warn && level != Off:
		return fmt.Errorf("check %s has the level %q (hint: choose one of error, warn, off)", name, level)
	case level == Off && c.unreadable:
		return fmt.Errorf("check %s cannot be off, because records would be dropped silently (hint: use warn)", name)
	}
	return nil
}

func (t table) validateThreshold(name string, threshold float64) error {
	var comparing []string
	for _, c := range t {
		if c.Threshold > 0 {
			comparing = append(comparing, c.name)
		}
	}
	switch {
	case !slices.Contains(comparing, name):
		return fmt.Errorf("check %s takes no threshold (hint: only %s compares records by one)", name, strings.Join(comparing, ", "))
	case !(threshold > 0 && threshold <= 1):
		return fmt.Errorf("check %s has the threshold %v (hint: a share above 0, up to 1; level off disables the check)", name, threshold)
	}
	return nil
}

// validate says what is wrong with the options of checks, if anything.
func (t table) validate(all map[string]CheckOptions) error {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := t.validateName(name); err != nil {
			return err
		}
	}
	for _, c := range t {
		options, given := all[c.name]
		if !given {
			return fmt.Errorf("the options of the check %s are missing (hint: start from DefaultChecks)", c.name)
		}
		if err := t.validateLevel(c.name, options.Level); err != nil {
			return err
		}
		if c.Threshold == 0 && options.Threshold == 0 {
			continue
		}
		if err := t.validateThreshold(c.name, options.Threshold); err != nil {
			return err
		}
	}
	return nil
}

func (c check) explain() string {
	said := fmt.Sprintf("%s: %s\nIt looks at %s; by default it is ", c.name, c.about, c.looksAt())
	switch {
	case c.Level == Error:
		said += "an error: a new one blocks"
	case c.Level == Warn:
		said += "a warning"
	default:
		said += "off"
	}
	if c.Threshold > 0 {
		said += fmt.Sprintf(", from a similarity of %v on", c.Threshold)
	}
	switch {
	case c.unreadable:
		said += ", and the record gives no row at any level, so it cannot be off."
	case c.leavesOut:
		said += ", and the record gives no row unless it is off."
	default:
		said += "; at the level error the record gives no row."
	}
	return said
}
