package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxValue bounds a value in a Difference, in runes.
const maxValue = 60

// Difference is a key whose value two texts of a config write differently. A
// value is in one line; empty: the key is not there.
type Difference struct {
	Key, Before, After string
}

// Differences lists what the second text changes of the first beside `train:`,
// by key. Both have been parsed before: one that is not YAML has no keys.
func Differences(before, after []byte) []Difference {
	one, other := values(before), values(after)
	keys := maps.Clone(one)
	maps.Copy(keys, other)
	var found []Difference
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if one[key] != other[key] && key != "train" && !strings.HasPrefix(key, "train.") {
			found = append(found, Difference{Key: key, Before: one[key], After: other[key]})
		}
	}
	return found
}

// values are the scalars of a text by their dotted keys.
func values(text []byte) map[string]string {
	var root any
	found := map[string]string{}
	if err := yaml.Load(text, &root); err == nil {
		flatten("", root, found)
	}
	return found
}

func flatten(key string, value any, into map[string]string) {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			flatten(strings.TrimPrefix(key+"."+name, "."), inner, into)
		}
	case []any:
		for i, inner := range value {
			flatten(fmt.Sprintf("%s[%d]", key, i), inner, into)
		}
	default:
		written := []rune(strings.Join(strings.Fields(fmt.Sprint(value)), " "))
		if len(written) > maxValue {
			written = append(written[:maxValue-3], []rune("...")...)
		}
		into[key] = string(written)
	}
}
