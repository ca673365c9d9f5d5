package markdown

import (
	"strings"
	"testing"
)

func TestAssembleDropsTheLeastImportant(t *testing.T) {
	t.Parallel()
	sections := []Section{{0, "a", "A\n"}, {9, "b", strings.Repeat("B", 100) + "\n"}, {3, "c", strings.Repeat("C", 100) + "\n"}, {5, "d", ""}, {9, "b", "b\n"}}
	got := Assemble(sections, 600+2+1+102+1+1+3, " in report.html")
	want := "A\n\n" + sections[2].Text + "\nb\n\nLeft out for length: b. They are in report.html.\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := Assemble([]Section{{1, "a", strings.Repeat("a", 700)}}, 650, ""); got != "Left out for length: a.\n" {
		t.Errorf("got %q", got)
	}
}
