package place

import "testing"

func TestText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		record, whole, part string
		want                int
	}{
		{`{"a": "x</s>"}`, "x</s>", "</s>", 8},
		{`{"a": " x</s> "}`, "x</s>", "</s>", 9},
		{`{"a": ["y", {"b": "x\u003c/s>"}]}`, "x</s>", "</s>", 18},
		{`{"a": 1, "b": "xy"}`, "y", "y", -1},
		{`{"a": `, "y", "y", -1},
		{``, "", "", -1},
	} {
		if got := Text([]byte(test.record), test.whole, test.part); got != test.want {
			t.Errorf("%s: %d, want %d", test.record, got, test.want)
		}
	}
}
