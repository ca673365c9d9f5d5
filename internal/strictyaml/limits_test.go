package strictyaml

import (
	"fmt"
	"strings"
	"testing"
)

// Small files that would take gigabytes or hours.
func TestLimits(t *testing.T) {
	t.Parallel()
	laughs := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		laughs += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	var keys strings.Builder
	for i := range maxKeys + 1 {
		fmt.Fprintf(&keys, "k%d: 1\n", i)
	}
	for name, test := range map[string]struct{ data, want string }{
		"size":    {"a: " + strings.Repeat("x", maxBytes), "f.yaml: holds 1048579 bytes, more than 1048576 (hint: "},
		"aliases": {laughs, "more than 200000 values, counted where aliases repeat them (hint: "},
		"cycle":   {"a: &a [*a]\n", "f.yaml:1: nested deeper than 100 levels"},
		"values":  {"a: [" + strings.Repeat("1,", maxNodes) + "]", "f.yaml:1: more than 200000 values"},
		"keys":    {keys.String(), "f.yaml:1: a mapping of more than 1000 keys"},
		"depth":   {"a: " + strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1), "f.yaml:1: nested deeper than 100 levels"},
		"deeper":  {strings.Repeat("{a: ", 20000), "exceeded max depth"},
		"fine":    {"a: &a [1]\nb: *a\n", ""},
	} {
		_, err := Parse("f.yaml", []byte(test.data))
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}
