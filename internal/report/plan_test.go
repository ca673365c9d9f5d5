package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlans(t *testing.T) {
	t.Parallel()
	want := []planned{
		{What: "dataset", Took: "reused", Stage: true},
		{What: "train", Took: "1.6 min", Planned: "1.5 min", Bar: 100, Mark: percent(100 * 88.0 / 95), Stage: true},
		{What: "export", Took: "1.2 s", Bar: percent(100 * 1.2 / 95), Stage: true},
		{What: "register", Took: "2.4 s", Bar: percent(100 * 2.4 / 95), Stage: true},
		{What: "eval", Took: "reused", Stage: true},
		{What: "eval", Took: "44.0 s", Planned: "52.0 s", Bar: percent(100 * 44.0 / 95), Mark: percent(100 * 52.0 / 95), Stage: true},
		{What: "steps", Took: "240", Planned: "240"},
		{What: "tokens", Took: "102,776", Planned: "99,000"},
		{What: "memory to train", Took: "2.91 GB", Planned: "3.1 GB"},
	}
	if diff := cmp.Diff(want, tutor().plans()); diff != "" {
		t.Error(diff)
	}
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		duration(0): "0.0 s", duration(59.94): "59.9 s", duration(60): "1.0 min", duration(5399): "90.0 min", duration(9000): "2.5 h",
		grouped(0): "0", grouped(999): "999", grouped(1000): "1,000", grouped(1234567): "1,234,567",
		percent(100.0 / 3).String(): "33.33%", percent(0).String(): "0%", percent(100).String(): "100%",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
