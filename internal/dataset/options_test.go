package dataset

import (
	"math"
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	source := func(path string) Options { return options(path, 0) }
	check := func(name string, c CheckOptions) Options {
		o := options("a", 0)
		o.Checks[name] = c
		return o
	}
	incomplete := options("a", 0)
	delete(incomplete.Checks, "level")
	for _, test := range []struct {
		options Options
		want    string // empty: valid
	}{
		{options("a", 0.5), ""},
		{source("data/*.json"), ""},
		{source("./data/**"), ""},
		{source("a..b/[a-c]?.json"), ""},
		{check("near_duplicate", CheckOptions{Off, 1}), ""},
		{check("no_answer", CheckOptions{Level: Warn}), ""},
		{source(""), `dataset source "" leaves the repository (hint: `},
		{source("../data/*.json"), `dataset source "../data/*.json" leaves`},
		{source("a/../../b"), `dataset source "a/../../b" leaves`},
		{source("/etc/passwd"), `dataset source "/etc/passwd" leaves`},
		{source(`data\*.json`), `dataset source "data\\*.json" leaves`},
		{source("data/[a.json"), `dataset source "data/[a.json" is not a valid glob`},
		{Options{Sources: []Source{{Path: "a", Weight: 0}}}, `dataset source "a" has the weight 0 (hint: `},
		{options("a", 1), "dataset.validation is 1 (hint: "},
		{options("a", -0.1), "dataset.validation is -0.1"},
		{options("a", math.NaN()), "dataset.validation is NaN"},
		{check("near", CheckOptions{}), `unknown check "near" (hint: choose one of byte_order_mark, contamination, `},
		{check("json", CheckOptions{Level: "fatal"}), `check json has the level "fatal" (hint: choose one of error, warn, off)`},
		{check("no_answer", CheckOptions{Level: Off}), "check no_answer cannot be off"},
		{check("near_duplicate", CheckOptions{Warn, 1.5}), "check near_duplicate has the threshold 1.5 (hint: "},
		{check("near_duplicate", CheckOptions{Level: Warn}), "check near_duplicate has the threshold 0 (hint: "},
		{check("near_duplicate", CheckOptions{Warn, math.NaN()}), "check near_duplicate has the threshold NaN"},
		{check("json", CheckOptions{Warn, 0.5}), "check json takes no threshold (hint: only near_duplicate"},
		{incomplete, "the options of the check level are missing"},
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
