package gguf

import (
	"math"
	"testing"
)

func TestF16EveryValue(t *testing.T) {
	t.Parallel()
	for i := range 1 << 16 {
		h := uint16(i)
		f := F16ToF32(h)
		exponent, mantissa := int(h>>10&31), float64(h&0x3ff)
		want := math.Ldexp(1024+mantissa, exponent-25)
		switch {
		case exponent == 0:
			want = math.Ldexp(mantissa, -24)
		case exponent == 31 && mantissa == 0:
			want = math.Inf(1)
		case exponent == 31:
			if !math.IsNaN(float64(f)) || F32ToF16(f) != h|0x200 {
				t.Fatalf("%#04x: %v, back %#04x, want a quiet NaN", h, f, F32ToF16(f))
			}
			continue
		}
		if h&0x8000 != 0 {
			want = -want
		}
		if math.Float64bits(float64(f)) != math.Float64bits(want) || F32ToF16(f) != h {
			t.Fatalf("%#04x: %v, want %v; back %#04x", h, f, want, F32ToF16(f))
		}
	}
}

// TestF16EveryMidpoint checks the rounding at each boundary between two
// neighbouring halves and one float32 to either side of it.
func TestF16EveryMidpoint(t *testing.T) {
	t.Parallel()
	for h := uint16(0); h < 0x7c00; h++ {
		below, above := float64(F16ToF32(h)), float64(F16ToF32(h+1))
		if h == 0x7bff {
			above = 65536
		}
		middle := float32((below + above) / 2)
		even := h + h&1
		for _, c := range []struct {
			f    float32
			want uint16
		}{
			{middle, even},
			{math.Nextafter32(middle, 0), h},
			{math.Nextafter32(middle, 1e9), h + 1},
		} {
			if got := F32ToF16(c.f); got != c.want {
				t.Fatalf("%v: %#04x, want %#04x", c.f, got, c.want)
			}
			if got := F32ToF16(-c.f); got != c.want|0x8000 {
				t.Fatalf("%v: %#04x, want %#04x", -c.f, got, c.want|0x8000)
			}
		}
	}
}

func TestBF16(t *testing.T) {
	t.Parallel()
	for i := range 1 << 16 {
		h := uint16(i)
		want := h
		if h&0x7fff > 0x7f80 {
			want |= 0x40
		}
		if got := F32ToBF16(BF16ToF32(h)); got != want {
			t.Fatalf("%#04x: back %#04x, want %#04x", h, got, want)
		}
		if h&0x7f80 == 0x7f80 {
			continue
		}
		middle := uint32(h)<<16 | 0x8000
		for _, c := range []struct {
			bits uint32
			want uint16
		}{{middle - 1, h}, {middle, h + h&1}, {middle + 1, h + 1}} {
			if got := F32ToBF16(math.Float32frombits(c.bits)); got != c.want {
				t.Fatalf("%#08x: %#04x, want %#04x", c.bits, got, c.want)
			}
		}
	}
	if got := F32ToBF16(math.Float32frombits(0xff800001)); got != 0xffc0 {
		t.Errorf("signalling NaN: %#04x, want the quiet 0xffc0", got)
	}
}

func TestEncodeF16(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   []float32
		want int
	}{
		"finite":          {[]float32{0, -1, 65504, 65519.99}, -1},
		"too large":       {[]float32{1, 65520, 7e4}, 1},
		"too large below": {[]float32{1, 2, -65520}, 2},
		"infinite":        {[]float32{float32(math.Inf(-1))}, 0},
		"NaN":             {[]float32{0, float32(math.NaN())}, 1},
	} {
		raw := make([]byte, 2*len(c.in))
		if got := EncodeF16(raw, c.in); got != c.want {
			t.Errorf("%s: bad value at %d, want %d", name, got, c.want)
		}
		back := make([]float32, len(c.in))
		DecodeF16(back, raw)
		if want := F16ToF32(F32ToF16(c.in[0])); back[0] != want {
			t.Errorf("%s: reads back as %v, want %v", name, back[0], want)
		}
	}
}

func BenchmarkF16(b *testing.B) {
	src := make([]float32, 1<<16)
	for i := range src {
		src[i] = float32(math.Sin(float64(i))) * 0.03
	}
	raw := make([]byte, 2*len(src))
	b.Run("encode", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			EncodeF16(raw, src)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			DecodeF16(src, raw)
		}
	})
}
