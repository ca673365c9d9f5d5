package page

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/report/reporttest"
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
		{What: "training memory", Took: "2.91 GB", Planned: "3.1 GB"},
	}
	if diff := cmp.Diff(want, plans(reporttest.Tutor())); diff != "" {
		t.Error(diff)
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	for share, want := range map[percent]string{100.0 / 3: "33.33%", 0: "0%", 100: "100%"} {
		if got := share.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
