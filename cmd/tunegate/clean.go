package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tunegate/tunegate/internal/clean"
	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/text"
)

type cleanCommand struct {
	PR        int           `name:"pr" help:"Also remove the runs of this pull request of the repository." placeholder:"N"`
	OlderThan time.Duration `help:"Also remove runs that started longer ago than this." placeholder:"720h"`
	DryRun    bool          `help:"Only list what would be removed."`
}

func (c cleanCommand) Run(s *session) error {
	if c.PR < 0 || c.OlderThan < 0 {
		return usage(errors.New("--pr and --older-than must be above 0 (hint: such as --pr 42, or --older-than 72h for three days)"))
	}
	options := clean.Options{PR: c.PR, OlderThan: c.OlderThan, DryRun: c.DryRun}
	if c.PR > 0 {
		repository, err := s.repository()
		if err != nil {
			return fmt.Errorf("--pr: %w", err)
		}
		options.Repository = repository.Root()
	}
	progress := newProgress(s.world.stderr, s.world.clock, s.cli.Quiet)
	machine, err := s.machine(progress)
	if err != nil {
		return err
	}
	cleaned, err := clean.Run(s.ctx, machine, options)
	progress.clear()
	if err != nil {
		return err
	}
	if s.cli.JSON {
		return s.encode(cleaned)
	}
	return printCleaned(s.world.stdout, cleaned)
}

// printCleaned lists the runs and tags, which people recognize, and counts the rest.
func printCleaned(w io.Writer, c clean.Result) error {
	out := proc.NewCleaner(w, "")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, item := range c.Removed {
		if item.Kind != clean.KindRun && item.Kind != clean.KindTag {
			continue
		}
		name, size := item.Name, text.Bytes(item.Bytes)
		if item.Server != "" {
			name, size = name+" on "+item.Server, ""
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", item.Kind, quoted(name), size, quoted(item.Why))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, item := range c.Left {
		fmt.Fprintf(out, "%s %s stays: %s\n", item.Kind, quoted(item.Name), quoted(item.Why))
	}
	fmt.Fprintln(out, totals(c))
	return out.Close()
}

// totals is one line with the removed items of each kind and in all.
func totals(c clean.Result) string {
	var parts []string
	for _, kind := range clean.Kinds() {
		count, bytes := c.Sum(kind)
		if count > 0 {
			parts = append(parts, fmt.Sprintf("%s (%s)", text.Count(count, string(kind)), text.Bytes(bytes)))
		}
	}
	switch {
	case parts == nil:
		return "nothing to remove"
	case c.DryRun:
		return fmt.Sprintf("would remove %s: %s in all", strings.Join(parts, ", "), text.Bytes(c.Bytes))
	}
	return fmt.Sprintf("removed %s: %s in all", strings.Join(parts, ", "), text.Bytes(c.Bytes))
}
