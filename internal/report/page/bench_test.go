package page

import "testing"

// The page of 2,000 regressed cases.
func BenchmarkRender(b *testing.B) {
	r := crowd(2000)
	for b.Loop() {
		render(b, r)
	}
}
