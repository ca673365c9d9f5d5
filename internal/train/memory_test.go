package train

import "testing"

func TestMemory(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		quantization string
		billions     float64
		gigabytes    float64
	}{
		{"nf4", 0, 4}, {"nf4", 10, 12.6}, {"none", 8, 22}, {"none", 1, 6.25},
	} {
		if got := float64(Memory(tt.quantization, int64(tt.billions*1e9))) / 1e9; got < tt.gigabytes-1e-6 || got > tt.gigabytes+1e-6 {
			t.Errorf("%s, %v billion: %v GB, want %v", tt.quantization, tt.billions, got, tt.gigabytes)
		}
	}
}
