package train

import (
	"testing"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
)

// A key is what it was, or adapters are trained again: a change here is meant.
func TestSlot(t *testing.T) {
	t.Parallel()
	i := Ingredients{
		Base: "b", BaseName: "demo/base", Device: "cpu", Seed: 42,
		Rows:          map[string]string{"train.jsonl": "1", "val.jsonl": "2", "stats.json": "3"},
		SanityPrompts: [][]chat.Message{chat.Chat("", nil, "What is 3 + 4?")},
	}
	inputs := map[string]string{
		"base": "b", "base_name": "demo/base", "device": "cpu", "train.jsonl": "1", "val.jsonl": "2",
		"sanity": "a51e9cff50520a444877386c8274ca919b1abcb50a366e88e565b079f4b5ce37",
	}
	o := options()
	slot := Slot(o, i)
	if want := store.NewKey("train", 1, o, inputs, uint64(42), python.Digest()); slot.Stage != "train" || slot.Key != want {
		t.Errorf("%s %s of %v, want %s", slot.Stage, slot.Key, slot.Inputs, want)
	}
	without := i
	without.SanityPrompts = nil
	if got, want := Slot(o, without).Inputs["sanity"], string(store.Digest(nil)); got != want {
		t.Errorf("no sanity prompts: %s, want %s", got, want)
	}
}
