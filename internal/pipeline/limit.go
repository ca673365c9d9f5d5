package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/text"
)

// bounded ends ctx when a run has taken as long as the base's `limits.duration` lets
// it; where that is not said, after config.MaxDuration, unless the caller has set an
// end.
func bounded(ctx context.Context, limits config.Limits) (context.Context, context.CancelFunc) {
	if limits.Duration > 0 {
		return within(ctx, limits.Duration, "`limits.duration` "+text.Duration(limits.Duration.Seconds()))
	}
	if _, ends := ctx.Deadline(); ends {
		return context.WithCancel(ctx)
	}
	return within(ctx, config.MaxDuration, text.Duration(config.MaxDuration.Seconds())+", and neither `limits.duration` nor --max-duration gives it longer")
}

func within(ctx context.Context, d time.Duration, limit string) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, errors.New("not done within "+limit))
}

// late names the limit of time that ended a run: its error says no more than where
// it was then.
func late(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	if err == nil || cause == nil || errors.Is(cause, context.Canceled) || errors.Is(err, cause) {
		return err
	}
	return fmt.Errorf("%w (hint: the same command goes on where it stopped): %w", cause, err)
}
