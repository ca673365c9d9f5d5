package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a change sets for its training is told, too.
func TestTrainDifferences(t *testing.T) {
	t.Parallel()
	got := TrainDifferences([]byte("version: 1\ntrain: {epochs: 2, lora: {r: 8}}\n"), []byte("version: 2\ntrain: {epochs: 3, lora: {r: 8, alpha: 16}, sanity_steps: 9}\n"))
	want := []Difference{{"train.epochs", "2", "3"}, {"train.lora.alpha", "", "16"}, {"train.sanity_steps", "", "9"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	const (
		before = `
version: 1
seed: 4 # of everything
train: {epochs: 2}
gate: {merge: {margin: 0.1, no_harm: [a, b]}}
serve:
  system: You are one of the kindest tutors that there are. Be right.
`
		same = "version: 1\nseed: 4\ngate: {merge: {margin: 0.1, no_harm: [a, b]}}\n"
		kind = "serve: {system: You are one of the kindest tutors that there are. Be right.}\n"
	)
	for name, test := range map[string]struct {
		after string
		want  []Difference
	}{
		"train, order and comments": {kind + "seed: 4\nversion: 1\ntrain: {epochs: 9, lora: {r: 4}}\ngate: {merge: {no_harm: [a, b], margin: 0.10}}\n", nil},
		"a threshold, a list, a new key, a lost one": {
			"version: 1\nseed: 4\ngate: {merge: {margin: 0.5, no_harm: [a]}}\nrunner: {python: /tmp/mine}\n",
			[]Difference{
				{"gate.merge.margin", "0.1", "0.5"}, {"gate.merge.no_harm", `["a","b"]`, `["a"]`}, {"runner.python", "", `"/tmp/mine"`},
				{"serve.system", `"You are one of the kindest tutors that there are. Be rig...`, ""},
			},
		},
		"what is cut off where it is shown": {
			same + "serve: {system: You are one of the kindest tutors that there are. Be righteous.}\n",
			[]Difference{{"serve.system", `"You are one of the kindest tutors that there are. Be rig...`, `"You are one of the kindest tutors that there are. Be rig...`}},
		},
		"line breaks": {
			same + kind + "eval: {}\nbase: {license: \"a\\nb\"}\n",
			[]Difference{{"eval", "", "{}"}, {"base.license", "", `"a\nb"`}},
		},
		"an empty list is none": {
			same + kind + "promote: {to: []}\n", []Difference{{"promote.to", "", "[]"}},
		},
		"another type": {
			"version: 1\nseed: \"4\"\ngate: {merge: {margin: 0.1, no_harm: [a, b]}}\n" + kind, []Difference{{"seed", "4", `"4"`}},
		},
		"no YAML": {"\t", []Difference{
			{"gate.merge.margin", "0.1", ""}, {"gate.merge.no_harm", `["a","b"]`, ""}, {"seed", "4", ""},
			{"serve.system", `"You are one of the kindest tutors that there are. Be rig...`, ""}, {"version", "1", ""},
		}},
	} {
		if diff := cmp.Diff(test.want, Differences([]byte(before), []byte(test.after))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
