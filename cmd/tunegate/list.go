package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tunegate/tunegate/internal/plan"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/promote"
	"github.com/tunegate/tunegate/internal/text"
)

type listCommand struct{}

// Run lists the models of the repository; outside of one, or without a config,
// those of the whole home.
func (listCommand) Run(s *session) error {
	machine, err := s.machine(newProgress(s.world.stderr, s.world.clock, s.cli.Quiet))
	if err != nil {
		return err
	}
	var name, root, note string
	if repository, err := s.repository(); err != nil {
		note = "no git repository here: the models of all repositories are listed"
	} else {
		root = repository.Root()
		if policy, err := plan.LoadPolicy(s.ctx, repository, s.cli.Config, ""); err == nil {
			name = policy.Name
		} else {
			note = "no usable " + s.cli.Config + " on the default branch: the versions of all names are listed"
		}
	}
	listing, err := promote.List(machine, name, root)
	if err != nil {
		return err
	}
	if note != "" {
		listing.Notes = append([]string{note}, listing.Notes...)
	}
	if s.cli.JSON {
		return s.encode(listing)
	}
	return printListing(s.world.stdout, listing, s.world.clock())
}

// maxListed bounds the candidates of the table; --json has all.
const maxListed = 30

func printListing(w io.Writer, l promote.Listing, now time.Time) error {
	out := proc.NewCleaner(w, "")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(cells ...string) {
		for i, cell := range cells {
			cells[i] = cmp.Or(text.Line(cell, maxCell), "-")
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	if len(l.Versions) == 0 {
		fmt.Fprintln(table, "nothing is promoted yet (hint: `tunegate promote v1` promotes the latest promotable model of the default branch)")
	} else {
		row("tag", "state", "model_id", "promoted", "size", "private server", "promoted to", "run")
	}
	for _, v := range l.Versions {
		row(v.Tag, string(v.State), shortID(v.ModelID), ago(now.Sub(v.Time)), megabytes(v.Bytes), holds(v.Held), strings.Join(v.Servers, ", "), v.Run)
	}
	fmt.Fprintln(table)
	if len(l.Candidates) == 0 {
		fmt.Fprintln(table, "no candidates yet (hint: `tunegate run` makes one)")
	} else {
		row("run", "of", "verdict", "promotable", "promoted", "model_id", "age", "size", "private server")
	}
	for _, c := range l.Candidates[:min(len(l.Candidates), maxListed)] {
		row(c.Run, c.Head, c.Outcome, yesNo(c.Promotable), strings.Join(c.Promoted, ", "), shortID(c.ModelID), ago(now.Sub(c.Time)), megabytes(c.Bytes), holds(c.Held))
	}
	if left := len(l.Candidates) - maxListed; left > 0 {
		fmt.Fprintf(table, "and %d older ones (hint: `tunegate --json list` lists all)\n", left)
	}
	for _, note := range l.Notes {
		fmt.Fprintf(table, "note: %s\n", quoted(note))
	}
	return errors.Join(table.Flush(), out.Close())
}

// maxCell bounds a name that a change chose, in characters of a line.
const maxCell = 60

func shortID(id string) string { return id[:min(12, len(id))] }

func yesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

func holds(held bool) string {
	if held {
		return "has it"
	}
	return "lacks it"
}

// ago is a duration in its largest unit.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	default:
		return text.Count(int(d.Hours()/24), "day") + " ago"
	}
}

// megabytes is a size for people; a model that is not kept has none.
func megabytes(n int64) string {
	if n == 0 {
		return "gone"
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
