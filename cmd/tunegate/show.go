package main

import (
	"fmt"
	"path/filepath"

	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/report"
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
	dir, record, err := pipeline.FindRun(home, c.ID)
	if err != nil {
		return usage(err)
	}
	about, err := pipeline.LoadReport(dir)
	if err != nil {
		return err
	}
	if s.cli.JSON {
		return s.show(pipeline.Result{Dir: dir, Record: record, Verdict: about.Verdict})
	}
	var text []byte
	switch {
	case c.Flips:
		text = report.Flips(about)
	case c.Findings:
		text = report.Findings(about)
	case c.Case != "":
		if text = report.Case(about, c.Case); len(text) == 0 {
			return usage(fmt.Errorf("run %s has no case %q (hint: `tunegate show --flips` lists those that changed)", record.ID, c.Case))
		}
	default:
		text = fmt.Appendf(report.Summary(about), "report: %s\n", filepath.Join(dir, "report", "report.html"))
	}
	_, err = s.world.stdout.Write(text)
	return err
}
