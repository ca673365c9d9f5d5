package promote

import (
	"context"
	"errors"
	"fmt"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ledger"
)

// expire removes the versions beyond those to keep: their tags on every server
// now, and what the home keeps of them with the next clean. One that cannot be
// removed is left to the next promotion, and does no harm.
func (m *move) expire(ctx context.Context) {
	if m.keep == 0 {
		return
	}
	now, err := ledger.Load(m.machine.Home)
	if err != nil {
		m.notes = append(m.notes, fmt.Sprintf("no versions beyond the %d of `promote.keep` were removed: %v", m.keep, err))
		return
	}
	for _, old := range now.Surplus(m.entry.Name, m.keep) {
		if err := m.remove(ctx, old); err != nil {
			m.notes = append(m.notes, fmt.Sprintf("%s is beyond the %d of `promote.keep`, but was not removed: %v", old.Tag, m.keep, err))
			continue
		}
		m.removed = append(m.removed, old.Version)
		m.machine.Progress.Say("removed %s: `promote.keep` is %d", old.Tag, m.keep)
	}
}

// remove deletes a version's tag from its servers and records that in the ledger, last:
// a command that is killed in between is finished by the next promotion.
func (m *move) remove(ctx context.Context, old ledger.Entry) error {
	for _, name := range old.Servers {
		if err := m.removeAt(ctx, name, old); err != nil {
			return err
		}
	}
	old.Action, old.Time = ledger.Remove, m.machine.Clock().UTC()
	return ledger.Append(m.machine.Home, old)
}

func (m *move) removeAt(ctx context.Context, name string, old ledger.Entry) error {
	var at *target
	for _, t := range m.targets {
		if t.name == name {
			at = t
		}
	}
	switch {
	case at != nil:
	case name == ledger.Private: // which is not running
		if !m.machine.HasTag(old.Tag, old.GGUFSHA256) {
			return nil
		}
		return m.machine.RemoveTag(old.Tag)
	default:
		server, err := m.machine.Serve(ctx, config.Runner{Ollama: name}, m.log)
		if err != nil {
			return err
		}
		at = &target{name: name, server: server}
	}
	shown, err := at.show(ctx, old.Tag)
	if err != nil || shown == "" || shown != old.ModelID && shown != damaged {
		return err // gone, or another's by now
	}
	used, err := at.server.Loaded(ctx, old.GGUFSHA256)
	if err == nil && used {
		err = errors.New(at.String() + " has it loaded, so it is in use")
	}
	if err != nil {
		return err
	}
	return at.server.Delete(ctx, old.Tag)
}
