package main

import (
	"context"

	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/report"
)

// foresee prints what a run would do.
func (s *session) foresee(ctx context.Context, machine pipeline.Machine, repository *repo.Repo, options pipeline.Options) error {
	forecast, err := pipeline.Forecast(ctx, machine, repository, options)
	if err != nil {
		return inputError(err)
	}
	if s.cli.JSON {
		return s.encode(forecast)
	}
	_, err = s.world.stdout.Write(report.ForecastText(forecast))
	return err
}
