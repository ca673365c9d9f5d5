package promote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/runs"
)

// move brings one version to its servers and makes it stable there.
type move struct {
	machine    machine.Machine
	promotions ledger.Ledger // as they were when the command began
	entry      ledger.Entry  // what is written when all is done
	stays      bool          // the stable version is a later one and stays stable
	bytes      func() (runs.Artifact, error)
	targets    []*target
	log        io.WriteCloser
	keep       int      // versions that are kept; 0: all
	removed    []string // versions that this command removed
	notes      []string
	changed    bool
	ours       map[string]bool // see made
}

// overtaken returns the stable version if it came after the one to promote.
func (m *move) overtaken() (newer string, overtaken bool) {
	if _, earlier := m.promotions.Earlier(m.entry.Name, m.entry.Version); !earlier {
		return "", false
	}
	stable, _ := m.promotions.Stable(m.entry.Name)
	return stable.Version, true
}

// grace is how long the second phase continues after an interruption: it takes
// milliseconds, and half of it is worse than either end.
const grace = 2 * time.Second

// run does it in two phases, on all servers one and then the other: the bytes
// under the version's tag, which changes nothing for anybody, then the stable tag.
func (m *move) run(ctx context.Context) (Result, error) {
	late, end := lingering(ctx, grace)
	defer end()
	defer m.disconnect()
	if err := m.connect(late); err != nil {
		return Result{}, err
	}
	for _, t := range m.targets {
		if err := m.install(ctx, t); err != nil {
			return Result{}, fmt.Errorf("%s: %w\n(%s was not moved on any server; rerun the same command to resume)", t, err, stableTag(m.entry.Name))
		}
	}
	if !m.stays {
		if err := m.switchOver(late); err != nil {
			return Result{}, err
		}
	}
	m.expire(ctx)
	now, err := ledger.Load(m.machine.Home)
	if err != nil {
		return Result{}, err
	}
	stable, _ := now.Stable(m.entry.Name)
	previous, _ := now.Previous(m.entry.Name)
	return Result{
		Action: m.entry.Action, Name: m.entry.Name, Version: m.entry.Version, Tag: m.entry.Tag, ModelID: m.entry.ModelID,
		Run: m.entry.Run, Lineage: m.entry.Lineage, Stable: stable.Version, Previous: previous.Version, Servers: m.entry.Servers, Changed: m.changed, Removed: m.removed, Notes: m.notes,
	}, nil
}

// switchOver is the second phase, with the ledger's line. A promotion writes it
// first and a rollback last, so that where the command is killed in between, the
// same command finishes it and a rollback without a version does not go too far.
func (m *move) switchOver(ctx context.Context) error {
	if m.entry.Action == ledger.Rollback {
		if err := m.point(ctx); err != nil {
			return err
		}
		if _, err := m.record(); err != nil {
			return fmt.Errorf("%s is %s now, but the ledger does not record it: %w (hint: fix that, and repeat the command)", stableTag(m.entry.Name), m.entry.Version, err)
		}
		return nil
	}
	written, err := m.record()
	if err != nil {
		return fmt.Errorf("%s was not moved on any server: %w", stableTag(m.entry.Name), err)
	}
	if err = m.point(ctx); err != nil && written {
		err = errors.Join(err, ledger.Withdraw(m.machine.Home, m.entry))
	}
	return err
}

// lingering is a context that ends some time after its parent.
func lingering(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return late, func() {
		stop()
		cancel()
	}
}

// connect opens every server. The private one logs to a file beside
// its models.
func (m *move) connect(ctx context.Context) error {
	folder := machine.OllamaHome(m.machine.Home)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(folder, "promote.log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	m.log = log
	for _, name := range m.entry.Servers {
		address := name
		if name == ledger.Private {
			address = config.Auto
		}
		server, err := m.machine.Serve(ctx, config.Runner{Ollama: address}, log)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		m.targets = append(m.targets, &target{name: name, server: server})
	}
	return nil
}

func (m *move) disconnect() {
	for _, t := range m.targets {
		if err := t.server.Close(); err != nil {
			m.machine.Progress.Say("note: %s did not stop cleanly: %v", t, err)
		}
	}
	if m.log != nil {
		m.log.Close()
	}
}

// record writes the ledger's line, unless it is already there.
func (m *move) record() (written bool, err error) {
	stable, promoted := m.promotions.Stable(m.entry.Name)
	if promoted && stable.Version == m.entry.Version {
		more := slices.Clone(stable.Servers)
		for _, name := range m.entry.Servers {
			if !slices.Contains(more, name) {
				more = append(more, name)
			}
		}
		if len(more) == len(stable.Servers) {
			return false, nil
		}
		m.entry.Servers = more
	}
	m.entry.Time = m.machine.Clock().UTC()
	m.changed = true
	return true, ledger.Append(m.machine.Home, m.entry)
}

// point makes the version stable on all servers, or on none.
func (m *move) point(ctx context.Context) error {
	for i, t := range m.targets {
		if err := m.pointOne(ctx, t); err != nil {
			var now []string
			for _, touched := range m.targets[:i+1] {
				if touched.moved {
					now = append(now, "- "+m.restore(ctx, touched))
				}
			}
			return fmt.Errorf("%s: %w\nso %s was restored:\n%s\n(hint: repair that server, or remove it from `promote.to`, and repeat the command)",
				t, err, stableTag(m.entry.Name), strings.Join(now, "\n"))
		}
	}
	return nil
}

func (m *move) pointOne(ctx context.Context, t *target) error {
	if t.before == m.entry.ModelID {
		return nil
	}
	t.moved, m.changed = true, true
	return t.copy(ctx, m.entry.Tag, stableTag(m.entry.Name), m.entry.ModelID)
}

// restore resets a server's stable tag to the ledger's version, or removes it
// if there was none but what a killed promotion had left, and describes the
// result.
func (m *move) restore(ctx context.Context, t *target) string {
	tag := stableTag(m.entry.Name)
	stable, promoted := m.promotions.Stable(m.entry.Name)
	if !promoted || t.before == "" {
		if err := t.server.Delete(ctx, tag); err != nil {
			return fmt.Sprintf("%s: NOT removed: %v", t, err)
		}
		if t.before != "" {
			return fmt.Sprintf("%s: removed; an unfinished promotion had left it", t)
		}
		return fmt.Sprintf("%s: none, as before", t)
	}
	if err := t.copy(ctx, stable.Tag, tag, stable.ModelID); err != nil {
		return fmt.Sprintf("%s: NOT restored to %s: %v", t, stable.Version, err)
	}
	if t.before != stable.ModelID && t.before != damaged {
		return fmt.Sprintf("%s: restored to %s, as in the ledger; it was a different model before", t, stable.Version)
	}
	return fmt.Sprintf("%s: %s, as before", t, stable.Version)
}
