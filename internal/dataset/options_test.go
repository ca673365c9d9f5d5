package dataset

import (
	"math"
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	source := func(path string) Options { return Options{Sources: []Source{{Path: path}}} }
	check := func(name string, c CheckOptions) Options {
		return Options{Checks: map[string]CheckOptions{name: c}}
	}
	for _, test := range []struct {
		options Options
		want    string // empty: valid
	}{
		{Options{Checks: DefaultChecks(), Validation: 0.5}, ""},
		{source("data/*.json"), ""},
		{source("./data/**"), ""},
		{source("a..b/[a-c]?.json"), ""},
		{check("near_duplicate", CheckOptions{Level: Off}), ""},
		{check("no_answer", CheckOptions{Level: Warn}), ""},
		{source(""), `dataset source "" leaves the repository (hint: `},
		{source("../data/*.json"), `dataset source "../data/*.json" leaves`},
		{source("a/../../b"), `dataset source "a/../../b" leaves`},
		{source("/etc/passwd"), `dataset source "/etc/passwd" leaves`},
		{source(`data\*.json`), `dataset source "data\\*.json" leaves`},
		{source("data/[a.json"), `dataset source "data/[a.json" is no valid glob`},
		{Options{Sources: []Source{{Path: "a", Weight: -1}}}, `dataset source "a" has the weight -1 (hint: `},
		{Options{Validation: 1}, "dataset.validation is 1 (hint: "},
		{Options{Validation: -0.1}, "dataset.validation is -0.1"},
		{Options{Validation: math.NaN()}, "dataset.validation is NaN"},
		{check("near", CheckOptions{}), `unknown check "near" (known: byte_order_mark, contamination, `},
		{check("json", CheckOptions{Level: "fatal"}), `check json has the level "fatal" (known: error, warn, off)`},
		{check("no_answer", CheckOptions{Level: Off}), "check no_answer can't be off"},
		{check("near_duplicate", CheckOptions{Threshold: 1.5}), "check near_duplicate has the threshold 1.5"},
	} {
		err := test.options.Validate()
		if (err == nil) != (test.want == "") || err != nil && !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.options, err, test.want)
		}
	}
}

func TestSourceFor(t *testing.T) {
	t.Parallel()
	o := Options{Sources: []Source{
		{Path: "data/special.json", Weight: 3}, {Path: "data/*.json", Weight: 2}, {Path: "more/**/*.json"}, {Path: "**"},
	}}
	for path, want := range map[string]int{
		"data/special.json": 0, "data/a.json": 1, "more/a.json": 2, "more/x/y/a.json": 2, "data/x/a.json": 3,
	} {
		if source, ok := o.SourceFor(path); !ok || source != o.Sources[want] {
			t.Errorf("%s: %+v %v", path, source, ok)
		}
	}
	o.Sources = o.Sources[:3]
	if source, ok := o.SourceFor("other/a.json"); ok {
		t.Errorf("other/a.json is in %+v", source)
	}
}
