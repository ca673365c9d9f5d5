package proc

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Network says what a child can reach.
type Network string

const (
	// SharedNetwork is that of tunegate itself.
	SharedNetwork Network = "shared"
	// NoNetwork is a loopback device of the child's own, and nothing else.
	NoNetwork Network = "none"
	// PrivateNetwork is likewise, and [Process.Dial] reaches what listens there.
	// Nobody else does, but root and the processes of the same user.
	PrivateNetwork Network = "private"
)

// insideWord is the guard's argument that makes it the first process in a network.
const insideWord = "inside"

// tryLimit bounds the trial of a network, which takes milliseconds.
const tryLimit = 20 * time.Second

// words are what a guard and the first process in a network are told of a command.
func (c Command) words() []string {
	if c.Lines != nil {
		return []string{withLines, string(c.Network)}
	}
	return []string{withoutLines, string(c.Network)}
}

// inside is the command line that prepares the network in which it is, and then
// becomes the command, or starts it.
func (l Launcher) inside(c Command, command []string) []string {
	return slices.Concat(l.Guard, []string{insideWord}, c.words(), command)
}

// TryIsolation starts a process in a network of its own, and says why that cannot
// be done on this machine.
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

// CheckIsolation says why no child gets a network of its own: what Isolation says, or
// a trial.
func (l Launcher) CheckIsolation() error {
	if l.Isolation != nil {
		return l.Isolation()
	}
	return l.TryIsolation()
}
