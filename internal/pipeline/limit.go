package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/text"
)

// bounded ends ctx when a run has taken as long as the base's `limits.duration` allows,
// without that after config.MaxDuration, unless the caller has set an
// end.
func bounded(ctx context.Context, limits config.Limits) (context.Context, context.CancelFunc) {
	if limits.Duration > 0 {
		return within(ctx, limits.Duration, "`limits.duration` "+text.Duration(limits.Duration.Seconds()))
	}
	if _, ends := ctx.Deadline(); ends {
		return context.WithCancel(ctx)
	}
	return within(ctx, config.MaxDuration, text.Duration(config.MaxDuration.Seconds())+", the default (neither `limits.duration` nor --max-duration is set)")
}

func within(ctx context.Context, d time.Duration, limit string) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, errors.New("did not finish within "+limit))
}

// late names the time limit that ended a run: the run's own error tells only where
// it was.
func late(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	if err == nil || cause == nil || errors.Is(cause, context.Canceled) || errors.Is(err, cause) {
		return err
	}
	return fmt.Errorf("%w (hint: rerun the same command to resume): %w", cause, err)
}
