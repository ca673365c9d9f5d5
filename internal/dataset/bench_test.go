package dataset

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/suite"
)

func BenchmarkBuild(b *testing.B) {
	const records = 20000
	random := rand.New(rand.NewPCG(1, 2))
	words := func(n int) string {
		var s strings.Builder
		for range n {
			fmt.Fprintf(&s, "word%d ", random.IntN(3000))
		}
		return s.String()
	}
	var data strings.Builder
	for i := range records {
		fmt.Fprintf(&data, "%c\n{\"question\": %q, \"answer\": %q, \"level\": \"adult\"}", "[,"[min(i, 1)], words(12), words(60))
	}
	data.WriteString("]\n")
	in := Input{Head: []repo.File{{Path: "a.json", Blob: "1", Data: []byte(data.String())}}}
	for range 200 {
		in.Suites = append(in.Suites, suite.Suite{Cases: []suite.Case{{Turns: []suite.Turn{{User: words(12)}}}}})
	}
	o := Options{Sources: []Source{{Path: "*", Weight: 1}}, Validation: 0.1, System: "Be brief.", Seed: 1, Checks: DefaultChecks()}
	dir := b.TempDir()
	b.SetBytes(int64(data.Len()))
	for b.Loop() {
		if _, err := Build(b.Context(), o, in, dir); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(records)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
