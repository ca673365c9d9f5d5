package dataset

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/repo"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	base := []repo.File{
		{Path: "kept.json", Blob: "1", Data: []byte(`[{"question": "a", "answer": "1"}]`)},
		{Path: "split.json", Blob: "2", Data: []byte(`[{"question": "b", "answer": "2"}, {"question": "c", "answer": "3"}]`)},
	}
	head := []repo.File{
		base[0],
		{Path: "one.jsonl", Blob: "3", Data: []byte("{\"answer\": \"2\", \"question\": \"b\"}\nno JSON\n{\"question\": \"new\", \"answer\": \"4\"}\n")},
		{Path: "two.json", Blob: "4", Data: []byte("[\n  {\"question\": \"c\", \"answer\": \"3\"},\n  {\"question\": \"c\", \"answer\": \"other\"}\n]\n")},
	}
	want := map[string]Place{
		"kept.json#1": {"kept.json", 1, false},
		"one.jsonl#1": {"one.jsonl", 1, false}, // moved out of split.json
		"one.jsonl#3": {"one.jsonl", 3, true},
		"two.json#1":  {"two.json", 2, false},
		"two.json#2":  {"two.json", 3, true},
	}
	if diff := cmp.Diff(want, Places(head, base)); diff != "" {
		t.Error(diff)
	}
}
