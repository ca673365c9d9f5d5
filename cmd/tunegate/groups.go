package main

import (
	"cmp"
	"slices"

	"github.com/alecthomas/kong"
)

// groups are the commands as help shows them, each by what people use it for. One that
// is in none comes last.
func groups() []struct {
	title    string
	commands []string
} {
	return []struct {
		title    string
		commands []string
	}{
		{"Every day:", []string{"init", "setup", "doctor", "run", "show", "clean", "version", "help"}},
		{"Promotion:", []string{"promote", "rollback", "list"}},
		{"Stages, each a run that ends after it:", []string{"dataset", "train", "export", "register", "eval"}},
		{"For workflows and runners:", []string{"publish", "hook"}},
	}
}

// group puts the commands in their groups, and the flags of every command below those
// of a command's own.
func group(app *kong.Application) {
	rank := func(command *kong.Node) int {
		for i, group := range groups() {
			if at := slices.Index(group.commands, command.Name); at >= 0 {
				command.Group = &kong.Group{Key: group.title, Title: group.title}
				return 100*i + at
			}
		}
		return 100 * len(groups())
	}
	slices.SortStableFunc(app.Children, func(a, b *kong.Node) int { return cmp.Compare(rank(a), rank(b)) })
	for _, flag := range append(slices.Clone(app.Flags), app.HelpFlag) {
		flag.Group = &kong.Group{Key: "all", Title: "Flags of every command:"}
	}
}
