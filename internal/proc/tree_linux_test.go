package proc

import (
	"fmt"
	"testing"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"7 (sh) S 5 6 6 0 -1":              "5 6 true",
		"7 (a) R 1 2 (b) ) Z 5 6 6 0 -1":   "5 6 true",
		"7 (\n) 9 9 (\x00) D 123456 7 6 0": "123456 7 true",
		"7 (sh":                            "0 0 false",
		"":                                 "0 0 false",
		"7 (sh) S":                         "0 0 false",
	} {
		parent, group, ok := parseStat([]byte(line))
		if got := fmt.Sprint(parent, group, ok); got != want {
			t.Errorf("%q: %s, want %s", line, got, want)
		}
	}
}
