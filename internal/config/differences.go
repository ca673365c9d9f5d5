package config

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/tunegate/tunegate/internal/text"
)

// maxValue bounds a value in a Difference, in runes.
const maxValue = 60

// Difference is a key whose value two texts of a config write differently. A
// value is one line of JSON, shortened; empty: the key is not there.
type Difference struct {
	Key, Before, After string
}

// Differences lists what the second text changes of the first beside `train:`:
// what decides first, then by key. A list is one value. Both have been parsed
// before: one that is not YAML has no keys.
func Differences(before, after []byte) []Difference {
	return differences(before, after, func(key string) bool { return !ofTrain(key) })
}

// TrainDifferences lists what it changes under `train:`.
func TrainDifferences(before, after []byte) []Difference { return differences(before, after, ofTrain) }

func ofTrain(key string) bool { return key == "train" || strings.HasPrefix(key, "train.") }

func differences(before, after []byte, wanted func(key string) bool) []Difference {
	one, other := values(before), values(after)
	keys := maps.Clone(one)
	maps.Copy(keys, other)
	maps.DeleteFunc(keys, func(key, _ string) bool { return !wanted(key) })
	var found []Difference
	for _, key := range slices.SortedFunc(maps.Keys(keys), byWeight) {
		if one[key] != other[key] {
			found = append(found, Difference{Key: key, Before: text.Line(one[key], maxValue), After: text.Line(other[key], maxValue)})
		}
	}
	return found
}

// byWeight puts the sections that make the verdict before the others.
func byWeight(a, b string) int {
	rank := func(key string) int {
		section, _, _ := strings.Cut(key, ".")
		if i := slices.Index([]string{"gate", "limits", "eval", "runner"}, section); i >= 0 {
			return i
		}
		return 4
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

// values are the values of a text, as JSON, by their dotted keys.
func values(text []byte) map[string]string {
	var root map[string]any
	found := map[string]string{}
	if err := yaml.Load(text, &root); err == nil {
		flatten("", root, found)
	}
	return found
}

func flatten(prefix string, section map[string]any, into map[string]string) {
	for name, value := range section {
		key := prefix + name
		if inner, ok := value.(map[string]any); ok && len(inner) > 0 {
			flatten(key+".", inner, into)
			continue
		}
		written, err := json.Marshal(value)
		if err != nil { // keys that are no text, such as 1: in a parameter
			written = fmt.Append(nil, value)
		}
		into[key] = string(written)
	}
}
