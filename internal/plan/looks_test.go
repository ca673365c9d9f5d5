package plan

import (
	"strings"
	"testing"
)

func TestLooksLikeRecords(t *testing.T) {
	t.Parallel()
	record := `{"question": "q", "answer": "a"}`
	for data, want := range map[string]bool{
		"[" + record + "]": true, "\ufeff [\n" + record + ", {\"quest": true, record + "\n" + record: true, record: true,
		`{"version": 1, "records": [` + record + `, {"a`: true, `[{"messages": [{"role": "user"}]}]`: true, `[{"conversations": [{"from": "human"}]}]`: true,
		`[{"instruction": "i", "input": "", "output": "o"}]`: true, "[" + strings.Repeat(record+",", 5) + "]": true,
		"": false, "[": false, "[]": false, "{": false, "null": false, "[1]": false, "x": false,
		`{"name": "app", "scripts": {"test": "jest"}, "dependencies": {}}`: false, `[{"id": 1, "name": "Ann"}]`: false,
		"[" + record + `, {"id": 1}]`: false, `[{"question": "q"}]`: false, `[{"question": 1, "answer": 2}]`: false, `[{"question": "", "answer": "a"}]`: false,
		`{"data": {"question": "q"}}`: false, `{"messages": {"hello": "Hello"}}`: false, `{"question": "q", "answers": ["a"]}`: false,
	} {
		if got := looksLikeRecords([]byte(data)); got != want {
			t.Errorf("%q: %v", data, got)
		}
	}
}

func FuzzLooksLikeRecords(f *testing.F) {
	for _, data := range []string{`[{"question": "q", "answer": "a"}]`, `{"records": [{"a`, "\ufeff[", `{"a": 1, "data": [[]]}`} {
		f.Add([]byte(data))
	}
	f.Fuzz(func(_ *testing.T, data []byte) { looksLikeRecords(data) })
}
