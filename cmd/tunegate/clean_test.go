package main

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/clean"
)

func TestPrintCleaned(t *testing.T) {
	t.Parallel()
	removed := []clean.Item{
		{Kind: clean.KindRun, Name: "20260102-030405.678-0123abcd", Bytes: 1234, Why: "older than 720h"},
		{Kind: clean.KindResult, Name: "train/ab", Bytes: 3_000_000_000, Why: "nothing needs it"},
		{Kind: clean.KindResult, Name: "eval/ab", Bytes: 400_000_000, Why: "nothing needs it"},
		{Kind: clean.KindTag, Name: "demo:run-1\x1b[2J", Bytes: 5, Why: "nothing needs it"},
		{Kind: clean.KindTag, Name: "demo:run-2", Server: "http://gpu:11434", Why: "nothing needs it"},
	}
	for name, tt := range map[string]struct {
		cleaned clean.Result
		want    string
	}{
		"nothing": {clean.Result{}, "nothing to remove\n"},
		"some": {clean.Result{Removed: removed, Bytes: 3_400_001_239}, `
run  20260102-030405.678-0123abcd     1.23 kB  older than 720h
tag  demo:run-1[2J                       5 B      nothing needs it
tag  demo:run-2 on http://gpu:11434            nothing needs it
removed 1 run (1.23 kB), 2 results (3.4 GB), 2 tags (5 B): 3.4 GB in all
`},
		"dry": {clean.Result{DryRun: true, Removed: removed[1:2], Bytes: 3_000_000_000}, "would remove 1 result (3 GB): 3 GB in all\n"},
		"left": {clean.Result{Left: []clean.Item{{Kind: clean.KindTag, Name: "demo:run-2", Why: "the server is down"}}},
			"tag demo:run-2 stays: the server is down\nnothing to remove\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			if err := printCleaned(&out, tt.cleaned); err != nil {
				t.Fatal(err)
			}
			// What a terminal would act on is taken out after the columns are laid out.
			if got := strings.Join(strings.Fields(out.String()), " "); got != strings.Join(strings.Fields(tt.want), " ") {
				t.Errorf("got\n%s\nwant%s", out.String(), tt.want)
			}
		})
	}
}
