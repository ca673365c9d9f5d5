package machine

import (
	"strings"
	"testing"
)

func TestMemoryToTrain(t *testing.T) {
	t.Parallel()
	small, old := GPU{MemoryMiB: 16384, Capability: 8.6}, GPU{MemoryMiB: 16384, Capability: 7.5}
	for name, tt := range map[string]struct {
		card       GPU
		quantize   string
		parameters int64
		tooSmall   bool
		quantizes  bool // the fix says so
	}{
		"fits":               {small, "none", 1e9, false, true},
		"only quantized":     {small, "none", 8e9, true, true},
		"quantized":          {small, "nf4", 8e9, false, false},
		"not even quantized": {small, "nf4", 70e9, true, false},
		"16 bit":             {small, "none", 6e9, false, true},
		"32 bit":             {old, "none", 6e9, true, true},
		"quantized in 32":    {old, "nf4", 6e9, false, false},
		"untold":             {GPU{}, "nf4", 70e9, false, false},
	} {
		m := MemoryToTrain(tt.card, tt.quantize, tt.parameters)
		if m.TooSmall() != tt.tooSmall || strings.Contains(m.Fix(), "nf4") != tt.quantizes {
			t.Errorf("%s: %+v: %s", name, m, m.Fix())
		}
	}
}
