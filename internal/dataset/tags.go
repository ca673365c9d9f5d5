package dataset

import (
	"cmp"
	"slices"
	"strings"
)

// tag is something that a record may say of its row besides the conversation. It
// is among the row's tags and in the statistics, and not trained on.
type tag struct {
	// name is the tag's, and that of the check which reports an unknown value.
	name string
	// what it is called in a record's input and in findings, in small letters.
	what string
	// keys are the members of a record that may hold it; the first that holds
	// anything counts, and before what input says.
	keys []string
	// values are the known ones; otherwise is taken for none and for another.
	values    []string
	otherwise string
}

// tags are those that are read.
var tags = []tag{{
	name: checkTag, what: "learner level",
	keys:   []string{"learner_level", "level", "student_level", "audience"},
	values: []string{"kids", "teen", "college", "adult"}, otherwise: "teen",
}}

func (n *normalizer) readTags() {
	said := n.input()
	n.tags = make(map[string]string, len(tags))
	for _, t := range tags {
		n.tags[t.name] = t.read(n, said[t.what])
	}
}

// read gives one of the tag's values; fromInput is what input says.
func (t tag) read(n *normalizer, fromInput string) string {
	value := fromInput
	if f, ok := n.filled(t.keys); ok {
		if value = f.text(); f.raw.Kind() != '"' {
			value = string(f.raw)
		}
	}
	value = strings.ToLower(strings.Trim(value, " \t\r\n."))
	if value == "" || slices.Contains(t.values, value) {
		return cmp.Or(value, t.otherwise)
	}
	n.report(t.name, "unknown "+t.what+" "+quoted(value)+", taken as "+t.otherwise, "use "+strings.Join(t.values, ", "))
	return t.otherwise
}

// input reads `TAG: VALUE; previous turn: TEXT` and gives the values by tag. What
// else it may hold is in no row, and neither is the text, which context repeats.
func (n *normalizer) input() map[string]string {
	f, ok := n.field("input")
	if !ok || f.blank() {
		return nil
	}
	said := make(map[string]string)
	unused := f.raw.Kind() != '"'
	for rest := f.text(); rest != ""; {
		var part string
		part, rest, _ = strings.Cut(rest, ";")
		name, value, _ := strings.Cut(part, ":")
		switch name = strings.ToLower(strings.TrimSpace(name)); {
		case name == "":
		case slices.ContainsFunc(tags, func(t tag) bool { return t.what == name }):
			said[name] = value
		case name == "previous turn":
			unused = unused || len(n.earlier) == 0
			rest = ""
		default:
			unused = true
		}
	}
	if unused {
		var read []string
		for _, t := range tags {
			read = append(read, t.what)
		}
		n.report(checkUnusedText, "the text under input is not trained on, but for the "+strings.Join(read, ", "),
			"put a task's text into the question, an earlier turn into context")
	}
	return said
}
