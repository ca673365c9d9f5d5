package main

import (
	"errors"
	"fmt"

	"github.com/alecthomas/kong"

	"github.com/tunegate/tunegate/internal/proc"
	"github.com/tunegate/tunegate/internal/tutor"
)

// evalCommand is a run that ends after the graded answers, or, with --app, the
// live report of a running tutor app, which is no part of a run.
type evalCommand struct {
	stageCommand
	App   *string `help:"Instead, print the live report of the tutor app at this address, with the limits of its metrics." placeholder:"URL"`
	Label string  `help:"Store that report in the app's history under this name (default: not stored)." placeholder:"NAME"`
}

func (c evalCommand) Run(s *session, parsed *kong.Context) error {
	switch {
	case c.App == nil && c.Label != "":
		return usage(errors.New("--label needs --app (hint: add --app http://127.0.0.1:8000)"))
	case c.App == nil:
		return c.stageCommand.Run(s, parsed)
	case c.refs != (refs{}):
		return usage(errors.New("--base and --head have no effect with --app, which evaluates a running app (hint: leave them out)"))
	}
	client, err := tutor.Dial(*c.App)
	if err != nil {
		return usage(fmt.Errorf("--app: %w", err))
	}
	if !s.cli.Quiet {
		fmt.Fprintf(s.world.stderr, "requesting a live report from %s: it takes minutes, during which the app answers nothing else and runs Python that the model writes\n", client.Base())
	}
	evaluation, err := client.Evaluate(s.ctx, c.Label)
	if s.ctx.Err() != nil {
		fmt.Fprintln(s.world.stderr, "note: the app still finishes the report, and answers nothing else until then")
	}
	if err != nil {
		return err
	}
	show := s.showApp
	if s.cli.JSON {
		show = func(e tutor.Evaluation) error { return s.encode(e) }
	}
	if err := show(evaluation); err != nil || evaluation.Live > 0 {
		return err
	}
	return fmt.Errorf("none of the %d answers came live from the model, so nothing was evaluated (hint: check that the app at %s reaches its model; the report names the source of each answer)", evaluation.Report.Prompts, evaluation.App)
}

// showApp prints a report, whose texts are the app's.
func (s *session) showApp(e tutor.Evaluation) error {
	out := proc.NewCleaner(s.world.stdout, "")
	onOff := map[bool]string{true: "on", false: "off"}
	fmt.Fprintf(out, "app: %s, version %.40q, model %.100q (%.40q), multi-agent %s\n", e.App, e.Version, e.Settings.Model, e.Settings.Provider, onOff[e.Settings.MultiAgent])
	if e.LiveRate == nil {
		fmt.Fprintf(out, "live answers: 0 of %d, so there is no metric for the model\n", e.Report.Prompts)
	} else {
		fmt.Fprintf(out, "live answers: at most %d of %d (the report does not mark aborted ones), check pass rate %.4f (the app reports %.4f over all answers)\n", e.Live, e.Report.Prompts, *e.LiveRate, e.Report.ChecksPassRate)
	}
	fmt.Fprintf(out, "timeouts: %d, errors: %d, mean %.0f ms\n\n%-8s  %-6s  %7s  prompt\n", e.Report.Timeouts, e.Report.Errors, e.Report.DurationMS, "source", "checks", "ms")
	for _, r := range e.Report.Results {
		fmt.Fprintf(out, "%-8s  %-6.4f  %7.0f  %.60q\n", r.State(), r.ChecksPassRate, r.DurationMS, r.Prompt)
	}
	fmt.Fprintln(out, "\nlimits of these metrics:")
	for _, caveat := range e.Caveats {
		fmt.Fprintf(out, "- %s\n", caveat)
	}
	return out.Close()
}
