package text

import "testing"

func TestBytes(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1 kB", 999_700: "1 MB", 1_234_000: "1.23 MB", 5_700_000_000: "5.7 GB", 5e15: "5e+03 TB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		Duration(0): "0.0 s", Duration(59.94): "59.9 s", Duration(60): "1.0 min", Duration(5399): "90.0 min", Duration(9000): "2.5 h",
		Grouped(0): "0", Grouped(999): "999", Grouped(1000): "1,000", Grouped(1234567): "1,234,567", Count(1, "row"): "1 row", Count(0, "row"): "0 rows", Count(1240, "record"): "1,240 records",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestOr(t *testing.T) {
	t.Parallel()
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := Or(words); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}
