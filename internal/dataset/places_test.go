package dataset

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/repo"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	base := []repo.File{
		{Path: "kept.json", Blob: "1", Data: []byte("[\n{\"question\": \"a\", \"answer\": \"1\"}]")},
		{Path: "split.json", Blob: "2", Data: []byte(`[{"question": "b", "answer": "2"}, {"question": "c", "answer": "3"}]`)},
		{Path: "before.json", Blob: "5", Data: []byte(`[{"question": "d", "answer": "4"}]`)},
	}
	head := []repo.File{
		base[0],
		{Path: "one.jsonl", Blob: "3", Data: []byte("{\"answer\": \"2\", \"question\": \"b\"}\nno JSON\n{\"question\": \"new\", \"answer\": \"4\"}\n")},
		{Path: "two.json", Blob: "4", Data: []byte("[\n  {\"question\": \"c\", \"answer\": \"3\"},\n  {\"question\": \"c\", \"answer\": \"other\"}\n]\n")},
		{Path: "after#.json", Blob: "5", Data: base[2].Data},
	}
	places, err := NewPlaces(t.Context(), head, base)
	if err != nil {
		t.Fatal(err)
	}
	if _, read := places.lines["kept.json"]; read {
		t.Error("a file that did not change was read")
	}
	want := map[string]string{
		"kept.json#1":   "kept.json:2 false",
		"kept.json#1e9": "kept.json:0 false",
		"kept.json#0":   "kept.json:0 false",
		"one.jsonl#1":   "one.jsonl:1 false", // moved out of split.json and written otherwise
		"one.jsonl#2":   "one.jsonl:0 false",
		"one.jsonl#3":   "one.jsonl:3 true",
		"two.json#1":    "two.json:2 false",
		"two.json#2":    "two.json:3 true",
		"two.json#3":    "two.json:0 false",
		"after#.json#1": "after#.json:1 false", // before.json under another name
		"gone.json#1":   "gone.json:0 false",
		"nothing":       "nothing:0 false",
	}
	got := map[string]string{}
	for source := range want {
		path, line := places.At(source)
		got[source] = fmt.Sprintf("%s:%d %v", path, line, places.New(source))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewPlaces(ended, head, base); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

// BenchmarkPlaces: one large file to which a record was added.
func BenchmarkPlaces(b *testing.B) {
	const records = 5000
	random := rand.New(rand.NewPCG(1, 2))
	var data strings.Builder
	for range records {
		data.WriteString(`{"question": "q", "answer": "`)
		for range 950 {
			fmt.Fprintf(&data, "Word%d ", random.IntN(3000))
		}
		data.WriteString("\"}\n")
	}
	base := []repo.File{{Path: "a.jsonl", Blob: "1", Data: []byte(data.String())}}
	head := []repo.File{{Path: "a.jsonl", Blob: "2", Data: []byte(data.String() + `{"question": "new", "answer": "4"}`)}}
	for b.Loop() {
		if _, err := NewPlaces(b.Context(), head, base); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*50_000/records, "s/50000records")
}
