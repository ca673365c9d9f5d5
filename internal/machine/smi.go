package machine

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/text"
)

// nvidia-smi may fail or hang once, such as after boot, before the driver is loaded.
const (
	smiAttempts = 3
	smiPause    = 500 * time.Millisecond
	separator   = ", " // of its columns
	shownSMI    = 300  // characters of what it says
)

var errNoSMI = errors.New("no nvidia-smi on PATH")

// smi returns the table that nvidia-smi prints for a query, with at least that many
// columns; none without nvidia-smi. It retries after a failure.
func (m Machine) smi(ctx context.Context, query string, columns int) (rows [][]string, err error) {
	for attempt := 1; ; attempt++ {
		var out string
		out, err = m.ask(ctx, query, "--format=csv,noheader,nounits")
		if err == nil {
			rows, err = table(out, columns)
		}
		switch {
		case errors.Is(err, errNoSMI):
			return nil, nil
		case err == nil:
			return rows, nil
		case attempt == smiAttempts:
			return nil, fmt.Errorf("nvidia-smi cannot list the GPUs: %w (hint: run `nvidia-smi` to see why; restart the machine after a driver update; %s)", err, onCPU)
		}
		if err := pause(ctx, smiPause); err != nil {
			return nil, err
		}
	}
}

// ask runs nvidia-smi once.
func (m Machine) ask(ctx context.Context, args ...string) (string, error) {
	path, err := m.LookPath("nvidia-smi")
	if err != nil {
		return "", errNoSMI
	}
	cmd, done := m.Question(ctx, path, args...)
	defer done()
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err == nil || strings.HasPrefix(string(out), noDevices) {
		return string(out), nil
	}
	if said := text.Line(string(out)+" "+complaint.String(), shownSMI); said != "" {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	return "", err
}

// noDevices is nvidia-smi's output, with a distinct exit code, if the driver finds no
// card.
const noDevices = "No devices were found"

func table(out string, columns int) (rows [][]string, err error) {
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if line == "" || line == noDevices {
			continue
		}
		fields := strings.Split(line, separator)
		if len(fields) < columns {
			return nil, fmt.Errorf("it printed %s", text.Line(line, shownSMI))
		}
		rows = append(rows, fields)
	}
	return rows, nil
}

// How long a queried program may run, and how much longer its children may keep its
// output open.
const (
	questionWait = 10 * time.Second
	outputWait   = time.Second
)

// Question prepares a program for a query, such as its version. The program is killed
// after 10 seconds. Call done once the answer is read.
func (m Machine) Question(ctx context.Context, path string, args ...string) (cmd *exec.Cmd, done context.CancelFunc) {
	ctx, done = context.WithTimeout(ctx, questionWait)
	cmd = exec.CommandContext(ctx, path, args...) // #nosec G204 -- nvidia-smi of PATH, with arguments of this file
	cmd.Env, cmd.WaitDelay = m.Environ, outputWait
	return cmd, done
}
