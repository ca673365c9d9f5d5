package dataset

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// levels are the tags of a config that names none; topic is another one.
var (
	levels = []Tag{{
		Name: "level", Called: "learner level", Keys: []string{"learner_level", "level", "student_level", "audience"},
		Values: []string{"kids", "teen", "college", "adult"}, Default: "teen",
	}}
	topic = Tag{Name: "topic", Called: "topic", Keys: []string{"topic", "subject"}, Values: []string{"none", "law", "arts"}, Default: "none"}
)

func TestTags(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options  Options
		data     string // of a record, beside question and answer
		want     map[string]string
		problems string
	}{
		"none chosen":    {Options{DefaultTags: levels}, `"level": "adult"`, map[string]string{"level": "adult"}, ""},
		"none":           {Options{DefaultTags: levels, Tags: []Tag{}}, `"level": "x"`, map[string]string{}, ""},
		"none in input":  {Options{DefaultTags: levels, Tags: []Tag{}}, `"input": "Learner level: kids"`, map[string]string{}, "unused_text: the text under input is not trained on (hint: put a task's text into the question, an earlier turn into context)"},
		"another":        {Options{DefaultTags: levels, Tags: []Tag{topic}}, `"level": "adult", "subject": "Law."`, map[string]string{"topic": "law"}, ""},
		"another's text": {Options{Tags: []Tag{topic}}, `"input": "Learner level: kids; TOPIC: arts"`, map[string]string{"topic": "arts"}, "unused_text: the text under input is not trained on, but for the topic (hint: put a task's text into the question, an earlier turn into context)"},
		"two":            {Options{Tags: []Tag{levels[0], topic}}, `"input": "topic: arts; learner level: kids"`, map[string]string{"level": "kids", "topic": "arts"}, ""},
		"two in a text":  {Options{Tags: []Tag{levels[0], topic}}, `"input": "?"`, map[string]string{"level": "teen", "topic": "none"}, "unused_text: the text under input is not trained on, but for the learner level, topic (hint: put a task's text into the question, an earlier turn into context)"},
		"unknown":        {Options{Tags: []Tag{topic}}, `"topic": 7`, map[string]string{"topic": "none"}, `level: unknown topic "7", taken as none (hint: use none, law, arts)`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := normalize(recordsOf(t, "a.json", `[{"question": "q", "answer": "a", `+test.data+`}]`)[0], test.options)
			if diff := cmp.Diff(test.want, n.tags); diff != "" {
				t.Error(diff)
			}
			var problems []string
			for _, p := range n.problems {
				problems = append(problems, p.check+": "+message(p.what, p.hint))
			}
			if got := strings.Join(problems, "|"); got != test.problems {
				t.Errorf("got %s, want %s", got, test.problems)
			}
		})
	}
}

func TestTagValidate(t *testing.T) {
	t.Parallel()
	if err := topic.Validate(levels); err != nil {
		t.Error(err)
	}
	for name, test := range map[string]struct {
		change func(*Tag)
		want   string
	}{
		"no name":         {func(t *Tag) { t.Name = "" }, `dataset tag "" has no valid name (hint: `},
		"name":            {func(t *Tag) { t.Name = "to-pic" }, `dataset tag "to-pic" has no valid name`},
		"digit first":     {func(t *Tag) { t.Name = "1a" }, `dataset tag "1a" has no valid name`},
		"called":          {func(t *Tag) { t.Called = "a: b" }, `dataset tag topic cannot be called "a: b" (hint: `},
		"capitals":        {func(t *Tag) { t.Called = "Topic" }, `dataset tag topic cannot be called "Topic"`},
		"previous turn":   {func(t *Tag) { t.Called = "previous turn" }, `dataset tag topic cannot be called "previous turn"`},
		"no keys":         {func(t *Tag) { t.Keys = nil }, "dataset tag topic has no keys (hint: "},
		"empty key":       {func(t *Tag) { t.Keys = []string{" "} }, "dataset tag topic has an empty key (hint: "},
		"key twice":       {func(t *Tag) { t.Keys = []string{"a", "a"} }, `dataset tag topic has the key "a" twice (hint: `},
		"question":        {func(t *Tag) { t.Keys = []string{"prompt"} }, `dataset tag topic has the key "prompt", under which a record holds its conversation (hint: `},
		"input":           {func(t *Tag) { t.Keys = []string{"input"} }, `dataset tag topic has the key "input", under which`},
		"no values":       {func(t *Tag) { t.Values = nil }, "dataset tag topic has no values (hint: "},
		"empty value":     {func(t *Tag) { t.Values = []string{"none", ""} }, `dataset tag topic has the value "" (hint: `},
		"capital value":   {func(t *Tag) { t.Values = []string{"none", "Law"} }, `dataset tag topic has the value "Law" (hint: `},
		"full stop":       {func(t *Tag) { t.Values = []string{"none", "law."} }, `dataset tag topic has the value "law."`},
		"two lines":       {func(t *Tag) { t.Values = []string{"none", "a\nb"} }, `dataset tag topic has the value "a\nb"`},
		"long value":      {func(t *Tag) { t.Values = []string{strings.Repeat("a", 41)} }, "dataset tag topic has the value "},
		"value twice":     {func(t *Tag) { t.Values = []string{"none", "none"} }, `dataset tag topic has the value "none" twice (hint: `},
		"no default":      {func(t *Tag) { t.Default = "" }, `dataset tag topic has the default "", which is none of its values (hint: one of none, law, arts)`},
		"another default": {func(t *Tag) { t.Default = "tax" }, `dataset tag topic has the default "tax", which is none of its values`},
		"name again":      {func(t *Tag) { t.Name = "level" }, "dataset tag level is defined twice (hint: "},
		"called again":    {func(t *Tag) { t.Called = "learner level" }, `dataset tags level and topic are both called "learner level" (hint: `},
		"key again":       {func(t *Tag) { t.Keys = []string{"topic", "audience"} }, `dataset tags level and topic both have the key "audience" (hint: `},
	} {
		tag := topic
		test.change(&tag)
		if err := tag.Validate(levels); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
		o := options("a", 0)
		o.Tags = append(levels[:1:1], tag)
		if err := o.Validate(); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: of options %v, want %s", name, err, test.want)
		}
	}
}
