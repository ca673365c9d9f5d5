package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/terminal"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/text"
)

type showCommand struct {
	ID       string `arg:"" optional:"" name:"run" help:"Prefix of a run ID (default: the latest run, whatever its result)."`
	Flips    bool   `xor:"what" help:"Only the cases that regressed or were fixed, with both answers."`
	Findings bool   `xor:"what" help:"Only the findings of the dataset checks."`
	Case     string `xor:"what" help:"One case with both models' answers." placeholder:"ID"`
}

func (c showCommand) Run(s *session) error {
	home, err := s.home()
	if err != nil {
		return err
	}
	var root string // outside a repository, the latest run of any repository
	if repository, err := s.repository(); err == nil {
		root = repository.Root()
	}
	dir, record, err := runs.Find(home, c.ID, root)
	if err != nil {
		return usage(err)
	}
	about, err := pipeline.LoadReport(dir)
	if err != nil {
		return err
	}
	var said []byte
	var data any
	switch {
	case c.Flips:
		said, data = terminal.Flips(about), flips(about)
	case c.Findings:
		said, data = terminal.Findings(about), append([]dataset.Finding{}, about.Findings...)
	case c.Case != "":
		cases := selected(about, func(name, id string) bool { return c.Case == name || c.Case == id })
		if len(cases) == 0 {
			return usage(fmt.Errorf("run %s has no case %q (hint: `tunegate show --flips` lists those that changed)", record.ID, c.Case))
		}
		said, data = terminal.Case(about, c.Case), cases
	default:
		said, data = summary(dir, record, about)
	}
	if s.cli.JSON {
		return s.encode(data)
	}
	return printClean(s.world.stdout, "%s\n%s", quoted(title(record, about)), said)
}

// summary is a run in words and as a result. Only one with a verdict has a page.
func summary(dir string, record runs.Record, about report.Report) ([]byte, pipeline.Result) {
	said, result := terminal.Summary(about), pipeline.Result{Dir: dir, Record: record}
	if about.State != report.Judged {
		return fmt.Appendf(said, "results: %s\n", dir), result
	}
	result.Verdict = &about.Verdict
	return fmt.Appendf(said, "report: %s\n", filepath.Join(dir, "report", "report.html")), result
}

// title describes a run: its ID, command, start and result.
func title(record runs.Record, about report.Report) string {
	command := record.Command()
	if record.Again {
		command = "promote --head"
	}
	word, _ := about.Outcome()
	if record.State == step.Running {
		word = "" // running or killed, which cannot be told apart
	}
	state := strings.Join(slices.DeleteFunc([]string{string(record.State), word}, func(s string) bool { return s == "" }), ": ")
	return fmt.Sprintf("run %s: tunegate %s, started %s, %s", record.ID, command, record.Started.UTC().Format("2006-01-02 15:04:05 UTC"), text.Line(state, maxCell))
}

// flips are the graded cases, of both models, that regressed or were fixed.
func flips(about report.Report) []eval.Case {
	changed := map[string]bool{}
	for _, rule := range about.Verdict.Rules {
		for _, name := range slices.Concat(rule.Regressed, rule.Fixed) {
			if !rule.Pooled() {
				name = rule.Suite + "/" + name
			}
			changed[name] = true
		}
	}
	return selected(about, func(name, _ string) bool { return changed[name] })
}

// selected are the graded cases with this name, SUITE/ID, or ID.
func selected(about report.Report, wanted func(name, id string) bool) []eval.Case {
	found := []eval.Case{}
	for _, c := range about.Cases {
		if id := gate.ID(c); wanted(c.Suite+"/"+id, id) {
			found = append(found, c)
		}
	}
	return found
}
