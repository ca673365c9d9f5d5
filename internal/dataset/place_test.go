package dataset

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/place"
	"github.com/tunegate/tunegate/internal/records"
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
		{Path: "one.jsonl", Blob: "3", Data: []byte("{\"answer\": \"2\", \"question\": \"b\"}\n\n{\"question\": \"new\", \"answer\": \"4\"}\n")},
		{Path: "two.json", Blob: "4", Data: []byte("{\"items\": [\n  {\"question\": \"c\", \"answer\": \"3\"},\n  {\"question\": \"c\", \"answer\": \"other\"}\n]}\n")},
		{Path: "line.json", Blob: "6", Data: []byte(`[{"question": "e", "answer": "5"}, {"question": "f", "answer": "6"}]`)},
		{Path: "after#.json", Blob: "5", Data: base[2].Data},
	}
	dir := t.TempDir()
	if _, err := Build(t.Context(), options("*", 0.5), Input{Head: head, Base: base}, dir); err != nil {
		t.Fatal(err)
	}
	places, err := place.Load(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"line.json#2":   "line.json:1:36 /1 true", // beside the record line.json#1
		"kept.json#1":   "kept.json:2 /0 false",
		"one.jsonl#1":   "one.jsonl:1  false", // moved out of split.json and written otherwise
		"one.jsonl#2":   "one.jsonl:3  true",
		"two.json#1":    "two.json:2 /items/0 false",
		"two.json#2":    "two.json:3 /items/1 true",
		"after#.json#1": "after#.json:1 /0 false", // before.json under another name
		"gone.json#1":   "gone.json#1  false",
		"nothing":       "nothing  false",
	}
	got := map[string]string{}
	for source := range want {
		at := places.Of(source)
		got[source] = fmt.Sprintf("%s %s %v", at.Where(), at.Pointer, at.New)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(places) != 8 {
		t.Errorf("%d places", len(places))
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := place.Load(ended, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

// A record that moved is trained on as before: its line is in no file that the
// training reads.
func TestPlacesAreApart(t *testing.T) {
	t.Parallel()
	rows := func(data string) (read, places string) {
		dir := t.TempDir()
		in := Input{Head: []repo.File{{Path: "a.json", Blob: data, Data: []byte(data)}}}
		if _, err := Build(t.Context(), options("*", 0.5), in, dir); err != nil {
			t.Fatal(err)
		}
		all := outputs(t, dir)
		return all["train.jsonl"] + all["val.jsonl"], all["rows.jsonl"]
	}
	trained, places := rows(`[{"question": "a", "answer": "1"}, {"question": "b", "answer": "2"}]`)
	moved, lines := rows("[\n{\"question\": \"a\", \"answer\": \"1\"},\n\n{\"question\": \"b\", \"answer\": \"2\"}]")
	if trained != moved || places == lines {
		t.Errorf("%s\n%s\n%s\n%s", trained, moved, places, lines)
	}
}

// BenchmarkNewRows: one large file to which a record was added.
func BenchmarkNewRows(b *testing.B) {
	const rows = 5000
	random := rand.New(rand.NewPCG(1, 2))
	var data strings.Builder
	for range rows {
		data.WriteString(`{"question": "q", "answer": "`)
		for range 950 {
			fmt.Fprintf(&data, "Word%d ", random.IntN(3000))
		}
		data.WriteString("\"}\n")
	}
	base := []repo.File{{Path: "a.jsonl", Blob: "1", Data: []byte(data.String())}}
	head := []repo.File{{Path: "a.jsonl", Blob: "2", Data: []byte(data.String() + `{"question": "new", "answer": "4"}`)}}
	files, err := records.Read(b.Context(), head, records.MaxRecords)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := records.MarkAdded(b.Context(), files, base, Input{}.contents); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*50_000/rows, "s/50000records")
}
