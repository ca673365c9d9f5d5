package dataset

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The checks that are made apart from the rows, where there is what they look at. Their
// levels are fixed.
const (
	CheckUnnamed    = "unnamed"
	CheckLimits     = "limits"
	CheckRowTooLong = "row-too-long"
	CheckLabels     = "labels"
)

// apart is such a check.
type apart struct {
	name    string
	level   Level
	about   string
	looksAt string
}

var allApart = []apart{
	{CheckUnnamed, Warn, "a file that the change adds or edits looks like records, and no source of the config names it, so nothing is learnt from it.", "changed files beside the sources"},
	{CheckLimits, Error, "the records give more rows than `limits.rows` of the base's config allows.", "the number of rows"},
	{CheckRowTooLong, Error, "the row has more tokens with the chat template than `train.sequence_len`.", "each row as the trainer's tokenizer has it"},
	{CheckLabels, Error, "what would be learnt from the row is not its answer: the chat template or the tokenizer changes the text.", "each row as the trainer's tokenizer has it"},
}

func (a apart) explain() string {
	level := "a warning"
	if a.level == Error {
		level = "an error: a new one blocks"
	}
	return fmt.Sprintf("%s: %s\nIt looks at %s; it is %s, and no config changes that.", a.name, a.about, a.looksAt, level)
}

// Explain says in a line or two what a check finds, what it looks at, and what it does
// by default, of every name that a finding has.
func Explain(name string) (string, error) {
	names := slices.Collect(maps.Keys(known.defaults()))
	for _, a := range allApart {
		if a.name == name {
			return a.explain(), nil
		}
		names = append(names, a.name)
	}
	if c, found := known.find(name); found {
		return c.explain(), nil
	}
	slices.Sort(names)
	return "", fmt.Errorf("unknown check %q (hint: choose one of %s)", name, strings.Join(names, ", "))
}
