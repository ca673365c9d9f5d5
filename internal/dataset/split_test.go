package dataset

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/repo"
)

// failing is a test of any kind.
type failing interface {
	Context() context.Context
	Fatal(...any)
}

// examined is a file without a base commit.
func examined(t failing, o Options, from repo.File) *examination {
	files, err := records.Read(t.Context(), []repo.File{from}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := newSpool("")
	if err != nil {
		t.Fatal(err)
	}
	defer texts.Close()
	o.Sources = []Source{{Path: "*", Weight: 1}}
	x, err := known.examine(t.Context(), o, files, Input{Control: []string{"<|im_end|>"}}, texts)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// sides examines records of a few words, and says by question and answer whether
// each is held out and which others are in its cluster.
func sides(t *rapid.T, records []string, seed uint64) (heldOut map[string]bool, near map[string]string) {
	data := "[" + strings.Join(records, ",") + "]"
	x := examined(t, Options{Checks: DefaultChecks()}, repo.File{Path: "a.json", Data: []byte(data)})
	out, _ := split(x.entries, 0.3, seed)
	heldOut, near = make(map[string]bool), make(map[string]string)
	for i, k := range x.entries {
		e := x.entry(i)
		heldOut[e.wording()] = out[i]
		near[e.wording()] = fmt.Sprint(k.near, e.opening())
	}
	return heldOut, near
}

func TestUnrelatedRowsStay(t *testing.T) {
	t.Parallel()
	// Questions are few, so that rows share openings; answers have a long common part
	// at times, so that rows are near-duplicates.
	long := strings.Repeat("%[1]d a %[1]d b %[1]d c ", 8)
	recordOf := rapid.Custom(func(t *rapid.T) string {
		question, answer := rapid.IntRange(0, 40).Draw(t, "question"), rapid.IntRange(0, 40).Draw(t, "answer")
		text := fmt.Sprint("answer ", answer)
		if rapid.Bool().Draw(t, "long") {
			text = fmt.Sprintf(long, answer%5) + fmt.Sprint(answer)
		}
		return fmt.Sprintf(`{"question": "question %d", "answer": "%s"}`, question, text)
	})
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SliceOfN(recordOf, 1, 60).Draw(t, "records")
		seed := rapid.Uint64().Draw(t, "seed")
		before, _ := sides(t, records, seed)

		at := rapid.IntRange(0, len(records)).Draw(t, "place")
		added := `{"question": "something else entirely", "answer": "that nobody has asked for"}`
		records = append(records[:at:at], append([]string{added}, records[at:]...)...)
		after, _ := sides(t, records, seed)
		if len(after) != len(before)+1 {
			t.Fatalf("%d rows, then %d", len(before), len(after))
		}
		for row, side := range before {
			if after[row] != side {
				t.Fatalf("%q moved", row)
			}
		}
	})
}

func TestClustersStayTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var records []string
		for i := range rapid.IntRange(1, 30).Draw(t, "conversations") {
			records = append(records,
				fmt.Sprintf(`{"question": "Question %d?", "answer": "one"}`, i),
				fmt.Sprintf(`{"question": "question  %d", "answer": "two"}`, i),
				fmt.Sprintf(`{"context": ["QUESTION %d", "one"], "question": "Why?", "answer": "because"}`, i))
		}
		heldOut, opening := sides(t, records, rapid.Uint64().Draw(t, "seed"))
		side := make(map[string]bool)
		for row, out := range heldOut {
			key := opening[row][strings.Index(opening[row], "question"):]
			if known, ok := side[key]; ok && known != out {
				t.Fatalf("%s is on both sides", key)
			}
			side[key] = out
		}
	})
}

func TestSplitShare(t *testing.T) {
	t.Parallel()
	entries := make([]kept, 20000)
	for i := range entries {
		entries[i] = kept{opening: keyOf(fmt.Sprint(i)), near: i, digest: sha256.Sum256([]byte(fmt.Sprint(i)))}
	}
	for _, share := range []float64{0, 0.1, 0.5} {
		for seed := range uint64(3) {
			out, clusters := split(entries, share, seed)
			held := 0
			for _, is := range out {
				if is {
					held++
				}
			}
			if got := float64(held) / float64(len(out)); math.Abs(got-share) > 0.015 || share == 0 && held > 0 || clusters != len(entries) {
				t.Errorf("seed %d: %v held out, want %v; %d clusters", seed, got, share, clusters)
			}
		}
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	weights := make([]int, 100)
	heldOut := make([]bool, len(weights))
	for i := range weights {
		weights[i] = 1 + i%3
		heldOut[i] = i%10 == 0
	}
	train, validation := order(weights, heldOut, 1)
	counts := make(map[int]int)
	moved := 0
	for line, i := range train {
		counts[i]++
		if line > 0 && train[line-1] > i {
			moved++
		}
	}
	for i := range weights {
		want := weights[i]
		if heldOut[i] {
			want = 0
		}
		if counts[i] != want {
			t.Errorf("row %d has %d lines, want %d", i, counts[i], want)
		}
	}
	if moved < len(train)/4 {
		t.Error("not shuffled")
	}
	if want := []int{0, 10, 20, 30, 40, 50, 60, 70, 80, 90}; fmt.Sprint(validation) != fmt.Sprint(want) {
		t.Errorf("validation rows are %v", validation)
	}
	if other, _ := order(weights, heldOut, 2); fmt.Sprint(other) == fmt.Sprint(train) {
		t.Error("the seed does not matter")
	}
}
