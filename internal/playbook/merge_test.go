package playbook

import (
	"bytes"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	base := File{Name: "base.json", Data: []byte(`[{"q": 1E5, "é": "\u00e9\n", "q": 1e400, "e": [], "o": {}}, 5]`)}
	followup := File{Name: "followup.json", Data: []byte(`{"data": [{"l": [true, {"n": null}]}]}`)}
	merged, count, err := Merge(base, followup, Mix{Weight: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := `[
  {
    "q": Infinity,
    "é": "é\n",
    "e": [],
    "o": {}
  },
  {
    "l": [
      true,
      {
        "n": null
      }
    ]
  },
  {
    "l": [
      true,
      {
        "n": null
      }
    ]
  }
]
`
	if diff := cmp.Diff(want, string(merged)); diff != "" {
		t.Error(diff)
	}
	if want := (Merged{Base: 1, Followup: 1, Weight: 2, Records: 3}); count != want {
		t.Errorf("%+v, want %+v", count, want)
	}
}

// The order of random.Random(42).shuffle(list(range(10))) in CPython.
func TestShuffle(t *testing.T) {
	t.Parallel()
	var records [][]byte
	for c := range byte(10) {
		records = append(records, []byte{'0' + c})
	}
	shuffle(records, big.NewInt(42))
	if got := string(bytes.Join(records, nil)); got != "7328569401" {
		t.Errorf("order %s", got)
	}
}

// The weight is gone after prepare: the same rows, in another order.
func TestPrepareDropsTheWeight(t *testing.T) {
	t.Parallel()
	var first []string
	for weight := 1; weight <= 3; weight++ {
		merged, _, err := Merge(File{Data: lesson("base", 30)}, File{Data: lesson("and then", 20)}, Mix{weight, big.NewInt(42)})
		if err != nil {
			t.Fatal(err)
		}
		prepared, count, err := Prepare(File{Data: merged})
		if err != nil || count.Rows != 50 || count.Duplicates != 20*(weight-1) {
			t.Fatalf("weight %d: %+v, %v", weight, count, err)
		}
		rows := slices.Sorted(strings.Lines(string(prepared)))
		if first == nil {
			first = rows
		}
		if !slices.Equal(rows, first) {
			t.Errorf("weight %d: other rows", weight)
		}
	}
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	one := File{Name: "one.json", Data: []byte("[{\"a\": 1},\n{\"b\": 1}]")}
	half := File{Name: "half.json", Data: []byte("[{},\n{\"\\udfff\": 1}]")}
	for name, test := range map[string]struct {
		base, followup File
		weight         int
		want           string
	}{
		"weight 0":        {one, one, 0, "weight 0 is less than 1"},
		"weight -1":       {one, one, -1, "weight -1 is less than 1"},
		"a huge weight":   {one, one, 1 << 40, "gives more than 1024 MB from one.json and one.json"},
		"too much":        {one, one, 1 << 26, "gives more than 1024 MB"},
		"half a pair":     {half, one, 1, "half.json:2: the record has half a surrogate pair"},
		"in the followup": {one, half, 1, "half.json:2: the record has half a surrogate pair"},
		"an empty file":   {one, File{Name: "empty.json"}, 1, "empty.json:1: the file ends"},
	} {
		merged, count, err := Merge(test.base, test.followup, Mix{Weight: test.weight})
		if err == nil || len(merged) > 0 || count != (Merged{}) || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "(hint: ") {
			t.Errorf("%s: %.60q, %v", name, merged, err)
		}
	}
}
