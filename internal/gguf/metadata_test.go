package gguf

import (
	"slices"
	"testing"
)

func TestList(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kv   KV
		want []string
	}{
		{Uint32("a", 7), []string{"7"}},
		{Float32("a", 1e6), []string{"1e+06"}},
		{Bool("a", true), []string{"true"}},
		{String("a", "x y"), []string{`"x y"`}},
		{Strings("a", []string{"Ġ", "<|im_end|>"}), []string{`"Ġ"`, `"<|im_end|>"`}},
		{Int32s("a", []int32{3, -1}), []string{"3", "-1"}},
		{Strings("a", nil), nil},
		{KV{"a", TypeArray, append(appendArray(TypeArray, 1), appendArray(TypeInt32, 0)...)}, nil}, // lists of lists are not told
	} {
		if got := c.kv.List(); !slices.Equal(got, c.want) {
			t.Errorf("%v: %q, want %q", c.kv, got, c.want)
		}
	}
}
