package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDifferences(t *testing.T) {
	t.Parallel()
	const before = `
version: 1
seed: 4 # of everything
train: {epochs: 2}
gate: {merge: {margin: 0.1, no_harm: [a, b]}}
serve:
  system: Be kind.
`
	for name, test := range map[string]struct {
		after string
		want  []Difference
	}{
		"train, order and comments": {"seed: 4\nversion: 1\ntrain: {epochs: 9, lora: {r: 4}}\ngate: {merge: {no_harm: [a, b], margin: 0.10}}\nserve: {system: Be kind.}\n", nil},
		"a threshold, a list, a new key, a lost one": {
			"version: 1\nseed: 4\ngate: {merge: {margin: 0.5, no_harm: [a]}}\nrunner: {python: /tmp/mine}\n",
			[]Difference{
				{"gate.merge.margin", "0.1", "0.5"}, {"gate.merge.no_harm[1]", "b", ""},
				{"runner.python", "", "/tmp/mine"}, {"serve.system", "Be kind.", ""},
			},
		},
		"a long value on several lines": {
			"version: 1\nseed: 4\ngate: {merge: {margin: 0.1, no_harm: [a, b]}}\nserve:\n  system: |\n    You are one of the kindest tutors that there are\n    and know a lot of mathematics.\n",
			[]Difference{{"serve.system", "Be kind.", "You are one of the kindest tutors that there are and know..."}},
		},
		"no YAML": {"\t", []Difference{
			{"gate.merge.margin", "0.1", ""}, {"gate.merge.no_harm[0]", "a", ""}, {"gate.merge.no_harm[1]", "b", ""},
			{"seed", "4", ""}, {"serve.system", "Be kind.", ""}, {"version", "1", ""},
		}},
	} {
		if diff := cmp.Diff(test.want, Differences([]byte(before), []byte(test.after))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
