// Command gosec prints what gosec finds in the packages below the working
// directory, apart from tests, and exits 1 if it finds anything. It is gosec without
// the clients for hosted language models that its own command is built with.
//
// Arguments are rules to leave out, such as G104. A waiver counts if it names its
// rules and gives a reason: `#nosec G204 -- git, which is on PATH`.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"

	"github.com/securego/gosec/v2"
	"github.com/securego/gosec/v2/analyzers"
	"github.com/securego/gosec/v2/rules"
)

// leftOut are hidden folders, and packages for tests.
var leftOut = regexp.MustCompile(`(^|/)\.[^/]|test$`)

func main() {
	found, err := scan(os.Stdout, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "gosec:", err)
	}
	if err != nil || found {
		os.Exit(1)
	}
}

// scan writes a line for each finding, each waiver without a reason and each file
// that could not be read.
func scan(out io.Writer, excluded []string) (found bool, err error) {
	folders, err := gosec.PackagePaths("./...", []*regexp.Regexp{leftOut})
	if err != nil {
		return false, err
	}
	config := gosec.NewConfig()
	config.SetGlobal(gosec.NoSecRequireRules, "true")
	config.SetGlobal(gosec.NoSecRequireJustification, "true")
	analyzer := gosec.NewAnalyzer(config, false, false, false, runtime.NumCPU(), log.New(io.Discard, "", 0))
	analyzer.LoadRules(rules.Generate(false, rules.NewRuleFilter(true, excluded...)).RulesInfo())
	analyzer.LoadAnalyzers(analyzers.Generate(false, analyzers.NewAnalyzerFilter(true, excluded...)).AnalyzersInfo())
	if err := analyzer.Process(nil, folders...); err != nil {
		return false, err
	}

	issues, _, failures := analyzer.Report()
	top, err := os.Getwd()
	if err != nil {
		return false, err
	}
	place := func(file string) string {
		if rel, err := filepath.Rel(top, file); err == nil {
			return rel
		}
		return file
	}
	var lines []string
	for _, issue := range issues {
		lines = append(lines, fmt.Sprintf("%s:%s: %s: %s", place(issue.File), issue.Line, issue.RuleID, issue.What))
	}
	for file, errors := range failures {
		for _, e := range errors {
			lines = append(lines, fmt.Sprintf("%s:%d: %s", place(file), e.Line, e.Err))
		}
	}
	slices.Sort(lines)
	for _, line := range lines {
		fmt.Fprintln(out, line)
	}
	return len(lines) > 0, nil
}
