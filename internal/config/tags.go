package config

import (
	"cmp"
	"reflect"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
)

// defaultTags are read where a config says nothing of tags: a maths tutor's
// learner level. No key has them, see [dataset.Options].
func defaultTags() []dataset.Tag {
	return []dataset.Tag{{
		Name: "level", Called: "learner level",
		Keys:   []string{"learner_level", "level", "student_level", "audience"},
		Values: []string{"kids", "teen", "college", "adult"}, Default: "teen",
	}}
}

// tags are those that the config names; nil: the default ones, also where it
// writes these out, so that keys stay.
func (p *parser) tags() []dataset.Tag {
	given := p.file.Dataset.Tags
	if given == nil {
		return nil
	}
	tags := make([]dataset.Tag, len(given))
	for i, f := range given {
		tags[i] = dataset.Tag{
			Name: f.Name, Called: cmp.Or(f.Called, strings.ReplaceAll(f.Name, "_", " ")),
			Keys: f.Keys, Values: f.Values, Default: f.Default,
		}
		p.check([]any{"dataset", "tags", i}, tags[i].Validate(tags[:i]))
	}
	if reflect.DeepEqual(tags, defaultTags()) {
		return nil
	}
	return tags
}
