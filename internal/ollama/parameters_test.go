package ollama

import (
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

func TestParseParameters(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		want       map[string][]string // nil: an error
	}{
		{"none", "", map[string][]string{}},
		{"number", "num_ctx                        4096", map[string][]string{"num_ctx": {"4096"}}},
		{"exponent", "num_ctx                        1e+06", map[string][]string{"num_ctx": {"1000000"}}},
		{"fraction", "min_p                          5e-05", map[string][]string{"min_p": {"0.00005"}}},
		{"negative", "num_predict                    -1", map[string][]string{"num_predict": {"-1"}}},
		{"bool", "use_mmap                       true", map[string][]string{"use_mmap": {"true"}}},
		{"list keeps its order",
			"stop                           \"<|im_end|>\"\nseed 1\nstop                           \"a\\n \\\"b\"",
			map[string][]string{"stop": {"<|im_end|>", "a\n \"b"}, "seed": {"1"}}},
		{"string that looks like a number", `stop "1e+06"`, map[string][]string{"stop": {"1e+06"}}},
		{"long name", strings.Repeat("n", 40) + " 1", map[string][]string{strings.Repeat("n", 40): {"1"}}},
		{"null", "seed <nil>", nil},
		{"nested", "seed map[string]interface {}{}", nil},
		{"infinite", "seed +Inf", nil},
		{"no value", "seed", nil},
		{"no name", " 1", nil},
		{"open string", `stop "a`, nil},
		{"empty line", "seed 1\n\nseed 2", nil},
	} {
		got, err := parseParameters(test.text)
		if (err != nil) != (test.want == nil) || err == nil && !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %q, %v, want %q", test.name, got, err, test.want)
		}
	}
}

func FuzzParseParameters(f *testing.F) {
	f.Add("num_ctx   1e+06\nstop  \"a\\n\"\nstop \"b\"")
	f.Add("x true\ny -0.5")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := parseParameters(text)
		if err != nil {
			return
		}
		var again strings.Builder
		for name, values := range first {
			for _, v := range values {
				fmt.Fprintf(&again, "%s %s\n", name, strconv.Quote(v))
			}
		}
		second, err := parseParameters(again.String())
		if err != nil || !maps.EqualFunc(first, second, func(a, b []string) bool { return reflect.DeepEqual(a, b) }) {
			t.Errorf("%q became %q (%v)", first, second, err)
		}
	})
}
