package playbook

import (
	"bytes"
	"encoding/json"
	"math/big"
	"testing"
	"unicode/utf8"
)

func FuzzPrepare(f *testing.F) {
	for _, file := range edges() {
		if len(file) < 10_000 {
			f.Add([]byte(file))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		kept := bytes.Clone(data)
		rows, count, err := Prepare(File{Name: "in.json", Data: data})
		if !bytes.Equal(kept, data) {
			t.Fatal("the file's bytes were changed")
		}
		if err != nil {
			if len(rows) > 0 || count != (Prepared{}) || !bytes.HasPrefix([]byte(err.Error()), []byte("in.json:")) {
				t.Errorf("%q, %+v, %v", rows, count, err)
			}
			return
		}
		if count.Records != count.Rows+count.NoInstruction+count.NoOutput+count.Duplicates || bytes.Count(rows, []byte("\n")) != count.Rows || !utf8.Valid(rows) {
			t.Errorf("%+v: %q", count, rows)
		}
		for line := range bytes.Lines(rows) {
			var row map[string]string
			if err := json.Unmarshal(line, &row); err != nil || len(row) != 3 || row["instruction"] == "" || row["output"] == "" {
				t.Errorf("%q: %v", line, err)
			}
		}
	})
}

// What is merged once more, alone and in order, stays as it is, and prepare finds
// all rows of the base in it.
func FuzzMerge(f *testing.F) {
	for i, file := range edges() {
		if len(file) < 10_000 {
			f.Add([]byte(file), []byte(`[{"question": "q", "answer": "a"}]`), i%4, int64(i-1))
		}
	}
	f.Fuzz(func(t *testing.T, base, followup []byte, weight int, seed int64) {
		mix := Mix{Weight: weight % 5, Seed: big.NewInt(seed)}
		merged, count, err := Merge(File{Name: "base.json", Data: base}, File{Name: "followup.json", Data: followup}, mix)
		if err != nil {
			if len(merged) > 0 || count != (Merged{}) {
				t.Errorf("%q, %+v, %v", merged, count, err)
			}
			return
		}
		if count.Records != count.Base+count.Weight*count.Followup || !utf8.Valid(merged) {
			t.Errorf("%+v: %q", count, merged)
		}
		again, _, err := Merge(File{Name: "merged.json", Data: merged}, File{Data: []byte("[]")}, Mix{Weight: 1})
		if err != nil || !bytes.Equal(again, merged) {
			t.Errorf("merged again: %q, %v; before %q", again, err, merged)
		}
		_, first, err := Prepare(File{Name: "base.json", Data: base})
		if err != nil {
			t.Fatalf("was merged, and then: %v", err)
		}
		if _, all, err := Prepare(File{Name: "merged.json", Data: merged}); err != nil || all.Rows < first.Rows {
			t.Errorf("%d rows of %d are left after the merge, %v", all.Rows, first.Rows, err)
		}
	})
}
