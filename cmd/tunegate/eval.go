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
	App   *string `help:"Print the live report of the tutor app that runs there instead, with what its figures cannot say." placeholder:"URL"`
	Label string  `help:"Have the app keep that report in its history under this name (default: not kept)." placeholder:"NAME"`
}

func (c evalCommand) Run(s *session, parsed *kong.Context) error {
	switch {
	case c.App == nil && c.Label != "":
		return usage(errors.New("--label names the report of an app, and there is no --app (hint: --app http://127.0.0.1:8000)"))
	case c.App == nil:
		return c.stageCommand.Run(s, parsed)
	case c.refs != (refs{}):
		return usage(errors.New("--app asks a running app, so --base and --head say nothing (hint: leave them out)"))
	}
	client, err := tutor.Dial(*c.App)
	if err != nil {
		return usage(fmt.Errorf("--app: %w", err))
	}
	if !s.cli.Quiet {
		fmt.Fprintf(s.world.stderr, "asking %s for a live report: it takes minutes, in which the app answers nothing else, and the app runs Python that the model writes\n", client.Base())
	}
	evaluation, err := client.Evaluate(s.ctx, c.Label)
	if s.ctx.Err() != nil {
		fmt.Fprintln(s.world.stderr, "note: a report that has begun goes on in the app, which answers nothing else until it is done")
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
	return fmt.Errorf("none of the %d answers is a live one of the model, so nothing was evaluated (hint: does the app at %s reach its model? the report says what it answered with)", evaluation.Report.Prompts, evaluation.App)
}

// showApp prints a report, whose texts are the app's.
func (s *session) showApp(e tutor.Evaluation) error {
	out := proc.NewCleaner(s.world.stdout, "")
	onOff := map[bool]string{true: "on", false: "off"}
	fmt.Fprintf(out, "app: %s, version %.40q, model %.100q (%.40q), multi-agent %s\n", e.App, e.Version, e.Settings.Model, e.Settings.Provider, onOff[e.Settings.MultiAgent])
	if e.LiveRate == nil {
		fmt.Fprintf(out, "live answers: 0 of %d, so there is no figure about the model\n", e.Report.Prompts)
	} else {
		fmt.Fprintf(out, "live answers: at most %d of %d (the report does not tell aborted ones), their checks pass %.4f (the app says %.4f, over all)\n", e.Live, e.Report.Prompts, *e.LiveRate, e.Report.ChecksPassRate)
	}
	fmt.Fprintf(out, "timeouts: %d, errors: %d, mean %.0f ms\n\n%-8s  %-6s  %7s  prompt\n", e.Report.Timeouts, e.Report.Errors, e.Report.DurationMS, "source", "checks", "ms")
	for _, r := range e.Report.Results {
		fmt.Fprintf(out, "%-8s  %-6.4f  %7.0f  %.60q\n", r.State(), r.ChecksPassRate, r.DurationMS, r.Prompt)
	}
	fmt.Fprintln(out, "\nread this before you use the figures:")
	for _, caveat := range e.Caveats {
		fmt.Fprintf(out, "- %s\n", caveat)
	}
	return out.Close()
}
