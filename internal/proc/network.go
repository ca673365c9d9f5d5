package proc

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Network is what a child can reach.
type Network string

const (
	// SharedNetwork is tunegate's own network.
	SharedNetwork Network = "shared"
	// NoNetwork is only the child's own loopback device.
	NoNetwork Network = "none"
	// PrivateNetwork is the same, but [Process.Dial] can connect to it. Nobody else can,
	// except root and processes of the same user.
	PrivateNetwork Network = "private"
)

// insideWord is the guard's argument that makes it the first process in a network.
const insideWord = "inside"

// tryLimit limits the trial of a network, which takes milliseconds.
const tryLimit = 20 * time.Second

// words tell a guard, and the first process in a network, about a command.
func (c Command) words() []string {
	if c.Lines != nil {
		return []string{withLines, string(c.Network)}
	}
	return []string{withoutLines, string(c.Network)}
}

// inside returns the command line that prepares its network, then executes or starts
// the command.
func (l Launcher) inside(c Command, command []string) []string {
	return slices.Concat(l.Guard, []string{insideWord}, c.words(), command)
}

// TryIsolation starts a process in its own network, and returns why that is impossible
// on this machine.
func (l Launcher) TryIsolation() error {
	ctx, cancel := context.WithTimeout(context.Background(), tryLimit)
	defer cancel()
	said := NewTail(shownLines)
	c := Command{Name: "a network of its own", Network: NoNetwork, Log: said}
	tried, err := l.launch(ctx, c, l.inside(c, nil))
	if err != nil {
		return err
	}
	if err := tried.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, said.Last(1))
	}
	return nil
}

// CheckIsolation returns why children cannot have their own networks, from Isolation or
// a trial.
func (l Launcher) CheckIsolation() error {
	if l.Isolation != nil {
		return l.Isolation()
	}
	return l.TryIsolation()
}
