// Command tunegate judges a change of tuning data by the model that it would produce: it
// trains the model, compares it with the one that is served, and reports a verdict.
// The exit codes:
//
//	0 the policy allows the change, 1 internal error, 2 usage or config, 3 fail, 4 inconclusive and the policy blocks on it, 130 cancelled
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tunegate/tunegate/internal/proc"
)

// stopWithin is the time from SIGINT or SIGTERM to the exit.
const stopWithin = 5500 * time.Millisecond

func main() {
	if len(os.Args) > 1 && os.Args[1] == guardCommand {
		os.Exit(proc.Guard(os.Args[2:], os.Environ(), os.Stderr))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// Whatever does not stop by itself, such as reading a large file, ends
	// here; the guards end the children.
	context.AfterFunc(ctx, func() { time.AfterFunc(stopWithin, func() { os.Exit(exitCancelled) }) })
	code := run(ctx, world{
		args: os.Args[1:], environ: withHome(os.Environ(), recordedHome),
		stdout: os.Stdout, stderr: os.Stderr, clock: time.Now, executable: os.Executable, hide: proc.Hide,
	})
	stop()
	os.Exit(code)
}
