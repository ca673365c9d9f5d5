package main

import (
	"context"

	"github.com/tunegate/tunegate/internal/forecast"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report/terminal"
)

// dryRun prints what a run would do.
func (s *session) dryRun(ctx context.Context, machine machine.Machine, repository *repo.Repo, options pipeline.Options) error {
	forecast, err := forecast.DryRun(ctx, machine, repository, options.Refs, forecast.Options{
		ConfigPath: options.ConfigPath, Until: options.Until, Force: options.Force,
	})
	if err != nil {
		return inputError(err)
	}
	if s.cli.JSON {
		return s.encode(forecast)
	}
	return printClean(s.world.stdout, "%s", terminal.Forecast(forecast))
}
