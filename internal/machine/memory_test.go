package machine

import (
	"strings"
	"testing"
)

func TestMemoryToTrain(t *testing.T) {
	t.Parallel()
	cards := []GPU{{Name: "large", MemoryMiB: 81920}, {Name: "small", MemoryMiB: 16384}}
	for name, tt := range map[string]struct {
		cards      []GPU
		quantize   string
		parameters int64
		tooSmall   bool
		quantizes  bool // the fix says so
	}{
		"fits":               {cards, "none", 1e9, false, true},
		"only quantized":     {cards, "none", 8e9, true, true},
		"quantized":          {cards, "nf4", 8e9, false, false},
		"not even quantized": {cards, "nf4", 70e9, true, false},
		"untold":             {[]GPU{{}}, "nf4", 70e9, false, false},
	} {
		m := MemoryToTrain(tt.cards, tt.quantize, tt.parameters)
		if m.TooSmall() != tt.tooSmall || strings.Contains(m.Fix(), "nf4") != tt.quantizes || len(tt.cards) > 1 && m.Card.Name != "small" {
			t.Errorf("%s: %+v: %s", name, m, m.Fix())
		}
	}
}
