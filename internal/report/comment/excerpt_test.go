package comment

import (
	"slices"
	"strings"
	"testing"
)

func TestExcerptKeepsBothEnds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		most int
		want []string
	}{
		{" \n", 3, []string{"(empty)"}},
		{"a\n\n  b\r\nc", 3, []string{"a", "  b", "c"}},
		{"1\n2\n3\n4\n5\n6\n7", 6, []string{"1", "2", "3", "[2 more lines]", "6", "7"}},
		{strings.Repeat("long ", 20), 6, []string{strings.TrimSpace(strings.Repeat("long ", 17)), "long long long"}},
		{strings.Repeat("\U0001F600", 100), 6, []string{strings.Repeat("\U0001F600", 84), strings.Repeat("\U0001F600", 16)}},
	} {
		if got := excerpt(test.text, test.most); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}
