package eval

import (
	"maps"
	"testing"

	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/suite"
)

// A key is what it was, or kept answers are asked for again: a change here is meant.
func TestSlots(t *testing.T) {
	t.Parallel()
	options := Options{Seed: 42, NumCtx: 4096, NumPredict: 1024}
	suites := []suite.Suite{{Name: "s", Cases: []suite.Case{{ID: "c"}}}}
	inputs := map[string]string{
		"model_id": "m", "server": "0.17.4", "suites": string(store.Digest(suites)), "python": python.Digest(), "device": "cpu",
		"address": "http://h:1",
	}
	key := store.NewKey("eval", 2, options, inputs)
	served := Served{ModelID: "m", Server: "0.17.4", Address: "http://h:1", Device: "cpu"}
	for want, got := range map[store.Key]store.Slot{
		key:                           Slot(options, served, suites),
		store.NewKey("trial", 1, key): TrialSlot(options, served, suites),
	} {
		if got.Key != want || got.Options != options || !maps.Equal(got.Inputs, inputs) {
			t.Errorf("%+v, want the key %s", got, want)
		}
	}
}
