package report

import (
	"testing"

	"github.com/tunegate/tunegate/internal/dataset"
)

func TestJoined(t *testing.T) {
	t.Parallel()
	list := Joined([]dataset.Finding{{Check: "a", Message: "x", Line: 1}, {Check: "b", Message: "x"}, {Check: "a", Message: "x", Line: 3}})
	if len(list) != 2 || list[0].Line != 1 || list[0].Times != 2 || Number(list) != 3 {
		t.Errorf("got %+v", list)
	}
	if got := list[0].Often() + "|" + list[1].Often(); got != ", 2 times|" {
		t.Errorf("got %q", got)
	}
}
