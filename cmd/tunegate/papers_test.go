package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/reference/referencetest"
	"github.com/tunegate/tunegate/internal/suite"
)

// eachPage runs the check for every page for readers.
func eachPage(t *testing.T, check func(t *testing.T, page referencetest.Paper)) {
	t.Helper()
	for _, path := range referencetest.Papers(t, "../..") {
		t.Run(filepath.Base(path), func(t *testing.T) { check(t, referencetest.ReadPaper(t, path)) })
	}
}

// commandLines are the lines of a page's shell code, and the code in its sentences.
func commandLines(page referencetest.Paper) []string {
	lines := slices.Clone(page.Spans)
	for _, block := range page.Blocks {
		if block.Language != "sh" {
			continue
		}
		for line := range strings.Lines(block.Text) {
			lines = append(lines, strings.Split(line, "&&")...)
		}
	}
	for i, line := range lines {
		line, _, _ = strings.Cut(line, " #")
		line, _, _ = strings.Cut(line, " >")
		lines[i] = strings.TrimSpace(line)
	}
	return lines
}

// workflowNames are those of the workflows that init writes: they begin as a command does.
func workflowNames(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../../.github/examples/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(string(data[strings.Index(string(data), "name: ")+len("name: "):]), "\n")
		names = append(names, name)
	}
	return names
}

// flagNames are the flags of a command and of those below it.
func flagNames(node *kong.Node) []string {
	var names []string
	for _, flag := range node.Flags {
		names = append(names, "--"+flag.Name)
	}
	for _, child := range node.Children {
		names = append(names, flagNames(child)...)
	}
	return names
}

// flagAlone is a flag that a sentence names; other programs' too.
var flagAlone = regexp.MustCompile(`^--[a-z0-9-]+`)

func TestPagesNameCommandsThatThereAre(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	workflows := workflowNames(t)
	numbers := strings.NewReplacer("--pr N", "--pr 1") // a page names no number
	eachPage(t, func(t *testing.T, page referencetest.Paper) {
		parser, _, err := (&session{world: world{stdout: io.Discard, stderr: io.Discard}}).parser()
		if err != nil {
			t.Fatal(err)
		}
		known := flagNames(parser.Model.Node)
		for _, line := range commandLines(page) {
			words := strings.Fields(numbers.Replace(line))
			if len(words) == 0 || slices.Contains(workflows, line) {
				continue
			}
			if flag := flagAlone.FindString(line); flag != "" && !slices.Contains(known, flag) {
				t.Errorf("`%s`: no command has that flag", line)
			}
			if len(words) < 2 {
				continue
			}
			switch {
			case words[0] == "tunegate":
				if _, err := parser.Parse(words[1:]); err != nil {
					t.Errorf("`%s`: %v", line, err)
				}
			case words[0] == "make" && !strings.HasPrefix(words[1], "-"):
				if !strings.Contains(string(makefile), "\n"+words[1]+": ") {
					t.Errorf("`%s`: the Makefile has no such target", line)
				}
			}
		}
	})
}

// Examples of a part of a config are read with what else it must have.
func TestPagesShowFilesThatAreRead(t *testing.T) {
	t.Parallel()
	parts := map[string]string{
		"version:": "version: 1\nname: demo\n", "base:": "base: {model: ./base}\n", "dataset:": "dataset: {sources: [{path: data.json}]}\n",
	}
	eachPage(t, func(t *testing.T, page referencetest.Paper) {
		for _, block := range page.Blocks {
			var err error
			switch text := block.Text; {
			case block.Language == "json":
				err = json.Unmarshal([]byte(text), new(map[string]any))
			case block.Language == "yaml" && strings.Contains(text, "\ntests:"):
				_, err = suite.Reader{}.Suite("example.suite.yaml", []byte(text))
			case block.Language == "yaml":
				for key, part := range parts {
					if !strings.Contains("\n"+text, "\n"+key) {
						text += part
					}
				}
				if !strings.Contains(text, "sources:") {
					text = strings.Replace(text, "dataset:\n", "dataset:\n  sources: [{path: data.json}]\n", 1)
				}
				_, err = config.Parse("example.yaml", []byte(text))
			}
			if err != nil {
				t.Errorf("line %d: %v", block.Line, err)
			}
		}
	})
}

func TestTroubleshootingHasEveryExitCode(t *testing.T) {
	t.Parallel()
	var printed strings.Builder
	if err := (&session{world: world{stdout: &printed}}).helpExitCodes(nil); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(printed.String()) {
		code, meaning, _ := strings.Cut(strings.TrimSpace(line), " ")
		if row := "\n| " + code + " | " + strings.TrimSpace(meaning) + " |\n"; !strings.Contains(string(page), row) {
			t.Errorf("docs/troubleshooting.md lacks the row %q", row)
		}
	}
}
