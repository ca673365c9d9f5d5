package register

import (
	"testing"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/store"
)

// A key is what it was, or kept tags are made again: a change here is meant.
func TestSlot(t *testing.T) {
	t.Parallel()
	slot := Slot(
		Serve{Template: "{{ .Prompt }}", System: "Be brief.", Parameters: map[string]any{"temperature": 0}, License: "apache-2.0"},
		Ingredients{
			GGUF: "g", Server: "auto", Name: "demo",
			Rendering: Rendering{Probe: "p", Prompts: []Rendered{{Name: "s/c", Text: "1 + 1?", Tokens: 4}}},
		})
	if want := "a932dea2324c94ee042dcfa6c6b0717bd6bd615cc81cbd599e2258ed1ee86580"; slot.Stage != "register" || string(slot.Key) != want {
		t.Errorf("%s %s, want %s", slot.Stage, slot.Key, want)
	}
}

func TestRenderSlot(t *testing.T) {
	t.Parallel()
	prompts := []Rendered{{Name: "s/c", Messages: chat.Chat("", nil, "1 + 1?")}}
	slot := RenderSlot("b", prompts)
	if want := store.NewKey("render", 1, "b", prompts, Probe(), python.Digest()); slot.Stage != "render" || slot.Key != want {
		t.Errorf("%s %s, want %s", slot.Stage, slot.Key, want)
	}
}
