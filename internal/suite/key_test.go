package suite

import (
	"testing"

	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
)

func TestSlot(t *testing.T) {
	t.Parallel()
	suites := []Suite{{Name: "s", Cases: []Case{{ID: "c"}}}}
	slot := Slot(suites)
	want := store.NewKey("values", 1, map[string]string{"suites": string(store.Digest(suites)), "python": python.Digest()})
	if slot.Stage != "values" || slot.Key != want {
		t.Errorf("%s %s, want %s", slot.Stage, slot.Key, want)
	}
}
