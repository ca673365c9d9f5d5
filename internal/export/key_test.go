package export

import (
	"testing"

	"github.com/tunegate/tunegate/internal/store"
)

// A key is what it was, or kept results are made again: a change here is meant.
func TestSlots(t *testing.T) {
	t.Parallel()
	changes := []Change{{Module: "m", Shape: [2]int{2, 3}, Norm: 0.5, Samples: []Sample{{1, 2, -0.25}}}}
	for _, test := range []struct {
		stage, key string
		slot       store.Slot
	}{
		{"base-gguf", "a4f9bbd2b036dabade5ed38a482dc002b325b6a11e8aac76a7d890ce7f53cb17", BaseSlot("identity")},
		{"export", "bb918aeeb5dca4a6302d552544595d919a8cc39ff1225ee6b96b162f92307d72", Slot(Options{"f16"}, Ingredients{Base: "b"})},
		{"export", "f27ba76358038ffc4d290a1712ce3c8fcd812b2d122c496cfa13cf781f2b1348", Slot(Options{"f16"}, Ingredients{Base: "b", Weights: "weights", Config: "config", Changes: changes})},
	} {
		if test.slot.Stage != test.stage || string(test.slot.Key) != test.key {
			t.Errorf("%s %s, want %s %s", test.slot.Stage, test.slot.Key, test.stage, test.key)
		}
	}
}
