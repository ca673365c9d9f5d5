package clean

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/runs"
)

// removable lists the runs to remove, by id, with the reason. The records come
// oldest first.
func removable(records []runs.Record, promoted []ledger.Entry, o Options, now time.Time) map[string]string {
	latest := map[string]string{} // the id of a repository's latest run with a verdict
	for _, r := range records {
		if r.Outcome != "" {
			latest[r.Repository] = r.ID
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
	for i, r := range records {
		successor := ""
		for _, later := range records[i+1:] {
			if supersedes(later, r) {
				successor = later.ID
			}
		}
		switch {
		case kept[r.ID]:
		case o.PR > 0 && r.PR == o.PR && r.Repository == o.Repository:
			removed[r.ID] = fmt.Sprintf("it belongs to pull request %d", o.PR)
		case successor != "":
			removed[r.ID] = "superseded by " + successor
		case o.OlderThan > 0 && now.Sub(r.Started) > o.OlderThan:
			removed[r.ID] = "older than " + short(o.OlderThan)
		}
	}
	return removed
}

// supersedes reports whether a later run makes an earlier one unnecessary: it is about
// the same data and came to a verdict, and made a model if the earlier one did,
// which a release may still need. If neither has one, it got as far, with
// the same results: it resumed where the earlier one stopped.
func supersedes(later, earlier runs.Record) bool {
	switch {
	case later.Repository != earlier.Repository || later.Lineage != earlier.Lineage:
		return false
	case later.Outcome != "" || earlier.Outcome != "":
		return later.Outcome != "" && (later.MadeModel() || !earlier.MadeModel())
	}
	return !slices.ContainsFunc(earlier.Stages, func(s runs.StageRun) bool {
		return !slices.ContainsFunc(later.Stages, func(l runs.StageRun) bool { return l.Stage == s.Stage && l.Key == s.Key })
	})
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
