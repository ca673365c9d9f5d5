package attribution

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/place"
	"github.com/tunegate/tunegate/internal/report"
)

// BenchmarkTrace: new rows of 8 kB, and five regressed cases.
func BenchmarkTrace(b *testing.B) {
	const rows = 5000
	random := rand.New(rand.NewPCG(1, 2))
	words := func(n int) string {
		var s strings.Builder
		for range n {
			fmt.Fprintf(&s, "Word%d ", random.IntN(3000))
		}
		return s.String()
	}
	var train, places strings.Builder
	for i := range rows {
		question, answer := words(20), words(930)+"so it is $5$."
		fmt.Fprintf(&places, `{"source":"a.jsonl#%d","file":"a.jsonl","line":%[1]d,"new":true}`+"\n", i+1)
		fmt.Fprintf(&train, `{"id":"%d","source":"a.jsonl#%d","messages":[{"role":"user","content":%q},{"role":"assistant","content":%q}],"weight":1}`+"\n",
			i, i+1, question, answer)
	}
	dir := b.TempDir()
	path := filepath.Join(dir, "train.jsonl")
	for name, text := range map[string]string{"train.jsonl": train.String(), "rows.jsonl": places.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	var regressed []report.Flip
	for i := range 5 {
		regressed = append(regressed, report.Flip{Name: fmt.Sprint(i), Question: words(20), Candidate: words(300)})
	}
	for b.Loop() {
		known, err := place.Load(b.Context(), dir)
		if err == nil {
			_, err = Read(b.Context(), path, known, side, regressed)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*50_000/rows, "s/50000rows")
}
