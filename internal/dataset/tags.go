package dataset

import (
	"cmp"
	"slices"
	"strings"
)

// Tag is something that a record may say of its row besides the conversation. It
// is among the row's tags and in the statistics, and not trained on.
type Tag struct {
	Name string `json:"name"`
	// Called is what it is called in a record's input and in findings, in small letters.
	Called string `json:"called"`
	// Keys are the members of a record that may hold it; the first that holds
	// anything counts, and before what input says.
	Keys []string `json:"keys"`
	// Values are the known ones, in small letters; Default, which is one of them, is
	// taken for none and for an unknown one.
	Values  []string `json:"values"`
	Default string   `json:"default"`
}

func (n *normalizer) readTags(tags []Tag) {
	said := n.input(tags)
	n.tags = make(map[string]string, len(tags))
	for _, t := range tags {
		n.tags[t.Name] = t.read(n, said[t.Called])
	}
}

// read gives one of the tag's values; fromInput is what input says.
func (t Tag) read(n *normalizer, fromInput string) string {
	value := fromInput
	if f, ok := n.filled(t.Keys); ok {
		if value = f.Text(); f.Raw.Kind() != '"' {
			value = string(f.Raw)
		}
	}
	value = asCompared(value)
	if value == "" || slices.Contains(t.Values, value) {
		return cmp.Or(value, t.Default)
	}
	n.report(checkTag, "unknown "+t.Called+" "+quoted(value)+", taken as "+t.Default, "use "+strings.Join(t.Values, ", "))
	return t.Default
}

// asCompared is a value in the form in which values are compared.
func asCompared(value string) string {
	return strings.ToLower(strings.Trim(value, " \t\r\n."))
}

// previousTurn is what input calls a text that context repeats.
const previousTurn = "previous turn"

// input reads `TAG: VALUE; previous turn: TEXT` and gives the values by what the
// tags are called. What else it may hold is in no row, and neither is the text,
// which context repeats.
func (n *normalizer) input(tags []Tag) map[string]string {
	f, ok := n.field("input")
	if !ok || f.Blank() {
		return nil
	}
	said := make(map[string]string)
	unused := f.Raw.Kind() != '"'
	for rest := f.Text(); rest != ""; {
		var part string
		part, rest, _ = strings.Cut(rest, ";")
		name, value, _ := strings.Cut(part, ":")
		switch name = strings.ToLower(strings.TrimSpace(name)); {
		case name == "":
		case slices.ContainsFunc(tags, func(t Tag) bool { return t.Called == name }):
			said[name] = value
		case name == previousTurn:
			unused = unused || len(n.earlier) == 0
			rest = ""
		default:
			unused = true
		}
	}
	if unused {
		what := "the text under input is not trained on"
		if len(tags) > 0 {
			what += ", but for the " + called(tags)
		}
		n.report(checkUnusedText, what, "put a task's text into the question, an earlier turn into context")
	}
	return said
}

func called(tags []Tag) string {
	names := make([]string, len(tags))
	for i, t := range tags {
		names[i] = t.Called
	}
	return strings.Join(names, ", ")
}
