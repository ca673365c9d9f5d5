package attribution

import (
	"testing"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
)

// A changed key probes every model again, so a change here must be intended.
func TestSlot(t *testing.T) {
	t.Parallel()
	options := eval.Options{Seed: 42, NumCtx: 4096, NumPredict: 1024}
	slot := Slot(options, eval.Served{ModelID: "m", Server: "0.17.4", Address: "http://h:1", Device: "cpu"}, []string{"r1", "r2"})
	want := store.NewKey("already", 2, options, map[string]string{
		"model_id": "m", "server": "0.17.4", "address": "http://h:1", "device": "cpu", "python": python.Digest(),
		"rows": string(store.Digest([]string{"r1", "r2"})),
	})
	if slot.Stage != "already" || slot.Key != want {
		t.Errorf("%s %s, want %s", slot.Stage, slot.Key, want)
	}
}
