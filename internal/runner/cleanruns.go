package runner

import (
	"fmt"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/pipeline"
)

// removable tells which runs go, by id, and why. The records come with the
// oldest first.
func removable(records []pipeline.Record, promoted []ledger.Entry, o CleanOptions, now time.Time) map[string]string {
	type change struct{ repository, lineage string }
	latest := map[string]string{} // the id of a repository's latest run with a verdict
	last := map[change]string{}   // and of the latest that judged the same change
	for _, r := range records {
		if r.Outcome != "" {
			latest[r.Repository], last[change{r.Repository, r.Lineage}] = r.ID, r.ID
		}
	}
	kept := map[string]bool{}
	for _, id := range latest {
		kept[id] = true
	}
	for _, e := range promoted {
		kept[e.Run] = true
	}
	removed := map[string]string{}
	for _, r := range records {
		switch successor := last[change{r.Repository, r.Lineage}]; {
		case kept[r.ID]:
		case r.Outcome == "":
			removed[r.ID] = "it came to no verdict"
		case o.PR > 0 && r.PR == o.PR && r.Repository == o.Repository:
			removed[r.ID] = fmt.Sprintf("it judged pull request %d", o.PR)
		case successor != r.ID:
			removed[r.ID] = "superseded by " + successor
		case o.OlderThan > 0 && now.Sub(r.Started) > o.OlderThan:
			removed[r.ID] = "older than " + short(o.OlderThan)
		}
	}
	return removed
}

// short writes a duration as people type it, without parts that are zero.
func short(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
