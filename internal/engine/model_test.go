package engine

import (
	"strings"
	"testing"
)

func TestValues(t *testing.T) {
	t.Parallel()
	got := Values(map[string]any{"temperature": 0.2, "num_ctx": 4096, "stop": []any{"a", "b"}, "top_p": 1.0})
	for name, want := range map[string]string{"temperature": "0.2", "num_ctx": "4096", "stop": "a b", "top_p": "1"} {
		if text := strings.Join(got[name], " "); text != want {
			t.Errorf("%s: %q, want %q", name, text, want)
		}
	}
}
