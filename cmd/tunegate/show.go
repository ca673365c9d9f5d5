package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/report/terminal"
	"github.com/tunegate/tunegate/internal/runs"
)

type showCommand struct {
	ID       string `arg:"" optional:"" name:"run" help:"The start of a run's id (default: the latest run)."`
	Flips    bool   `xor:"what" help:"Only the cases that broke or were fixed, with both answers."`
	Findings bool   `xor:"what" help:"Only what the dataset checks found."`
	Case     string `xor:"what" help:"One case with both models' answers." placeholder:"ID"`
}

func (c showCommand) Run(s *session) error {
	home, err := s.home()
	if err != nil {
		return err
	}
	var root string // outside a repository the latest run of any is shown
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
	var text []byte
	var data any
	switch {
	case c.Flips:
		text, data = terminal.Flips(about), flips(about)
	case c.Findings:
		text, data = terminal.Findings(about), append([]dataset.Finding{}, about.Findings...)
	case c.Case != "":
		cases := selected(about, func(name, id string) bool { return c.Case == name || c.Case == id })
		if len(cases) == 0 {
			return usage(fmt.Errorf("run %s has no case %q (hint: `tunegate show --flips` lists those that changed)", record.ID, c.Case))
		}
		text, data = terminal.Case(about, c.Case), cases
	default:
		text = fmt.Appendf(terminal.Summary(about), "report: %s\n", filepath.Join(dir, "report", "report.html"))
		result := pipeline.Result{Dir: dir, Record: record}
		if about.State == report.Judged {
			result.Verdict = &about.Verdict
		}
		data = result
	}
	if s.cli.JSON {
		return s.encode(data)
	}
	_, err = s.world.stdout.Write(text)
	return err
}

// flips are the graded cases, of both models, that broke or were fixed.
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

// selected are the graded cases that are wanted by their name, SUITE/ID, or id.
func selected(about report.Report, wanted func(name, id string) bool) []eval.Case {
	found := []eval.Case{}
	for _, c := range about.Cases {
		if id := gate.ID(c); wanted(c.Suite+"/"+id, id) {
			found = append(found, c)
		}
	}
	return found
}
