package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/reference/referencetest"
	"github.com/tunegate/tunegate/internal/suite"
)

// TestPageHasEveryCommand: docs/commands.md is what help prints.
func TestPageHasEveryCommand(t *testing.T) {
	t.Parallel()
	parser, _, err := (&session{}).parser()
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	page.WriteString("## Flags of every command\n" + arguments(parser.Model.Node))
	for _, command := range parser.Model.Children {
		if !command.Hidden {
			if command.Group == nil {
				t.Errorf("%s is in no group of commands", command.Name)
			}
			page.WriteString("\n## `" + command.Name + "`\n\n" + command.Help + "\n\n```text\ntunegate " + command.Summary() + "\n```\n" + arguments(command))
		}
	}
	referencetest.CheckPart(t, "../../docs/commands.md", "generated", page.String())
}

// arguments is a table of what a command takes of its own; empty: nothing.
func arguments(command *kong.Node) string {
	var rows [][]string
	for _, argument := range command.Positional {
		rows = append(rows, []string{"`" + argument.Summary() + "`", argument.Help})
	}
	for _, flag := range command.Flags {
		if !flag.Hidden {
			rows = append(rows, []string{"`" + flag.String() + "`", flag.Help})
		}
	}
	if rows == nil {
		return ""
	}
	return "\n" + referencetest.Table([]string{"argument", "meaning"}, rows)
}

// TestNoKeyIsNewerThanTheProgram: a reader trusts the column since.
func TestNoKeyIsNewerThanTheProgram(t *testing.T) {
	t.Parallel()
	for _, k := range append(config.Format().Keys, suite.Format().Keys...) {
		if slices.Compare(numbered(t, k.Introduced()), numbered(t, version)) > 0 {
			t.Errorf("%s: since %s, and this is %s", k.Path, k.Introduced(), version)
		}
	}
}

func numbered(t *testing.T, version string) []int {
	numbers := make([]int, 3)
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &numbers[0], &numbers[1], &numbers[2]); err != nil {
		t.Errorf("%q is no version: %v", version, err)
	}
	return numbers
}
