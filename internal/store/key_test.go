package store

import "testing"

// The expected digest was computed with CPython's json.dumps (sort_keys, no
// spaces, ensure_ascii off), which writes such values as RFC 8785 asks.
func TestCanonicalDigest(t *testing.T) {
	t.Parallel()
	value := map[string]any{"b": `\u2028`, "a": []string{"<\u2028>", "é"}}
	const want = "9b674c9ea879338b4b613ba43f119a76b28016aa79789511ec3996931d71c197"
	if got := CanonicalDigest(value); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
