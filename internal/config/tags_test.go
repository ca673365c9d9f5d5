package config

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/dataset"
)

const learnerLevel = "{name: level, called: learner level, keys: [learner_level, level, student_level, audience], values: [kids, teen, college, adult], default: teen}"

// withTags is a config whose line 5 has the tags.
func withTags(tags string) string {
	return strings.Replace(short, "dataset: {", "dataset: {\n  tags: "+tags+",\n  ", 1)
}

func TestTags(t *testing.T) {
	t.Parallel()
	level := defaultTags()[0]
	topic := dataset.Tag{Name: "legal_topic", Called: "legal topic", Keys: []string{"topic"}, Values: []string{"1", "true", "tax"}, Default: "1"}
	for text, want := range map[string][]dataset.Tag{
		short:                              nil,
		withTags("null"):                   nil,
		withTags("[" + learnerLevel + "]"): nil,
		withTags("[]"):                     {},
		withTags("[{name: legal_topic, keys: [topic], values: [1, true, tax], default: 1}]"):                           {topic},
		withTags("[" + learnerLevel + ", {name: legal_topic, keys: [topic], values: [\"1\", true, tax], default: 1}]"): {level, topic},
	} {
		c, err := Parse("tunegate.yaml", []byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, c.Dataset.Tags); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
		if diff := cmp.Diff([]dataset.Tag{level}, c.Dataset.DefaultTags); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestTagMistakes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"[{keys: [a], values: [b], default: b}]":                                           `dataset tag "" has no valid name (hint: `,
		"[{name: Level, keys: [a], values: [b], default: b}]":                              `dataset tag "Level" has no valid name (hint: `,
		"[{name: level, values: [b], default: b}]":                                         "dataset tag level has no keys (hint: ",
		"[{name: level, keys: [a], default: b}]":                                           "dataset tag level has no values (hint: ",
		"[{name: level, keys: [a], values: [b]}]":                                          `dataset tag level has the default "", which is none of its values (hint: one of b)`,
		"[{name: level, keys: [a], values: [b], default: c}]":                              `dataset tag level has the default "c", which is none of its values`,
		"[{name: level, keys: [a], values: [\"\"], default: \"\"}]":                        `dataset tag level has the value "" (hint: `,
		"[" + learnerLevel + ", {name: level, keys: [a], values: [b], default: b}]":        "dataset tag level is defined twice (hint: ",
		"[" + learnerLevel + ", {name: topic, keys: [audience], values: [b], default: b}]": `dataset tags level and topic both have the key "audience"`,
		"[{name: level, keys: [a], value: [b], default: b}]":                               `unknown key "value" (hint: did you mean "values"?)`,
	} {
		_, err := Parse("tunegate.yaml", []byte(withTags(text)))
		if err == nil || !strings.HasPrefix(err.Error(), "tunegate.yaml:5") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	_, err := Parse("tunegate.yaml", []byte(withTags("\n  ["+learnerLevel+",\n   {name: topic}]")))
	if want := "tunegate.yaml:7: dataset tag topic has no keys"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("of the second: %v, want %s", err, want)
	}
}

// Models and rows that were made before tags could be chosen are found again: neither
// the lineage nor the key of the rows of a config that says nothing of them has a word
// of tags.
func TestTagsInKeys(t *testing.T) {
	t.Parallel()
	plain := parsed(t, short).Recipe()
	for text, tags := range map[string]string{short: "", withTags("[" + learnerLevel + "]"): "", withTags("[]"): `,"tags":[]`} {
		c := parsed(t, text)
		if same := reflect.DeepEqual(c.Recipe(), plain); same != (tags == "") {
			t.Errorf("recipe of %s: %v", text, c.Recipe())
		}
		options, err := json.Marshal(c.Dataset)
		if err != nil || !strings.HasSuffix(string(options), "}}"+tags+"}") {
			t.Errorf("options of %s: %s, %v, want %q at the end", text, options, err, tags)
		}
	}
}
