// Package ledger stores the history of promotions and rollbacks, one line each. It
// determines a model's stable version, the previous one, and everything that was ever
// promoted.
package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tunegate/tunegate/internal/store"
)

// Action is what a ledger line records.
type Action string

// The actions.
const (
	Promote  Action = "promote"
	Rollback Action = "rollback"
	Remove   Action = "remove" // an old version's tags were removed; its name stays reserved
)

// Private is the home's private server among an entry's servers.
const Private = "private"

// Entry is a line: from then on, this version is the name's stable model, unless the
// line removes it.
type Entry struct {
	Time       time.Time `json:"time"`
	Action     Action    `json:"action"`
	Name       string    `json:"name"`    // the config's name
	Version    string    `json:"version"` // such as v1
	Tag        string    `json:"tag"`     // NAME-lora-VERSION
	ModelID    string    `json:"model_id"`
	GGUFSHA256 string    `json:"gguf_sha256"`
	Run        string    `json:"run"` // ID of the run that tested it
	Lineage    string    `json:"lineage"`
	Export     store.Key `json:"export"`   // where the bytes are stored
	Register   store.Key `json:"register"` // how they are served
	Servers    []string  `json:"servers"`  // addresses, or Private
}

// Ledger is the history of a home, oldest line first.
type Ledger struct{ entries []Entry }

// Path returns the path of a home's ledger.
func Path(home string) string { return filepath.Join(home, "promotions.jsonl") }

// Load reads the ledger of a home; without a file it is empty. It skips a truncated last
// line.
func Load(home string) (Ledger, error) {
	data, err := os.ReadFile(Path(home))
	if errors.Is(err, fs.ErrNotExist) {
		return Ledger{}, nil
	}
	if err != nil {
		return Ledger{}, fmt.Errorf("ledger: %w", err)
	}
	return parse(Path(home), data)
}

func parse(path string, data []byte) (Ledger, error) {
	var l Ledger
	number := 0
	for line := range bytes.Lines(data[:whole(data)]) {
		number++
		var e Entry
		err := json.Unmarshal(line, &e)
		if err == nil {
			err = e.check()
		}
		if err != nil {
			return Ledger{}, fmt.Errorf("%s:%d: %w (hint: correct or remove this line: only the ledger records which version is stable)", path, number, err)
		}
		l.entries = append(l.entries, e)
	}
	return l, nil
}

// whole returns the number of bytes up to the end of the last complete line. A line that
// only lacks its line feed, as some editors write it, is complete: no truncated object
// is valid JSON.
func whole(data []byte) int {
	end := bytes.LastIndexByte(data, '\n') + 1
	if json.Valid(data[end:]) {
		return len(data)
	}
	return end
}

func (e Entry) check() error {
	switch {
	case e.Action != Promote && e.Action != Rollback && e.Action != Remove:
		return fmt.Errorf("unknown action %.50q, expected %s, %s or %s", e.Action, Promote, Rollback, Remove)
	case e.Name == "" || e.Version == "" || e.Tag == "" || e.ModelID == "" || e.GGUFSHA256 == "":
		return errors.New("a promotion needs name, version, tag, model_id and gguf_sha256")
	}
	return nil
}

// Append adds a line to the ledger of a home and returns once it is on disk. It removes
// a truncated last line. The caller holds the home's lock.
func Append(home string, e Entry) error {
	if err := e.check(); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	file, err := os.OpenFile(Path(home), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	err = appendLine(file, append(line, '\n'))
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return syncFolder(home)
}

// Withdraw removes the last line, if it is this entry's. The caller holds the home's
// lock.
func Withdraw(home string, e Entry) error {
	data, err := os.ReadFile(Path(home))
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	before, last := bytes.CutSuffix(data, append(line, '\n'))
	if !last {
		return fmt.Errorf("%s: the last line is not that of %s (hint: remove the line of %s)", Path(home), e.Version, e.Version)
	}
	if err := os.Truncate(Path(home), int64(len(before))); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

func appendLine(file *os.File, line []byte) error {
	data, err := os.ReadFile(file.Name())
	if err != nil {
		return err
	}
	end := whole(data)
	if err := file.Truncate(int64(end)); err != nil {
		return err
	}
	if end > 0 && data[end-1] != '\n' {
		line = append([]byte{'\n'}, line...)
	}
	if _, err := file.WriteAt(line, int64(end)); err != nil {
		return err
	}
	return file.Sync()
}

// syncFolder writes a new file's name to disk.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// stack holds the versions of a name that led to the stable one, which is last. A
// promotion pushes, a rollback pops down to its version.
func (l Ledger) stack(name string) []Entry {
	var stack []Entry
	for _, e := range l.entries {
		if e.Name != name {
			continue
		}
		at := slices.IndexFunc(stack, e.sameVersion)
		switch {
		case at >= 0 && e.Action == Rollback:
			stack = stack[:at]
		case at >= 0:
			stack = slices.Delete(stack, at, at+1)
		}
		if e.Action != Remove {
			stack = append(stack, e)
		}
	}
	return stack
}

func (e Entry) sameVersion(other Entry) bool { return e.Version == other.Version }

// Stable returns the entry that made a name's current version stable.
func (l Ledger) Stable(name string) (Entry, bool) { return fromTop(l.stack(name), 0) }

// Previous returns the entry of the version that a rollback restores.
func (l Ledger) Previous(name string) (Entry, bool) { return fromTop(l.stack(name), 1) }

func fromTop(stack []Entry, depth int) (Entry, bool) {
	if len(stack) <= depth {
		return Entry{}, false
	}
	return stack[len(stack)-1-depth], true
}

// Earlier returns the entry of a version that led to the stable one.
func (l Ledger) Earlier(name, version string) (Entry, bool) {
	stack := l.stack(name)
	at := slices.IndexFunc(stack, func(e Entry) bool { return e.Version == version })
	if at < 0 || at == len(stack)-1 {
		return Entry{}, false
	}
	return stack[at], true
}

// Versions returns the latest promotion of each version of a name, in the order of their
// first promotions.
func (l Ledger) Versions(name string) []Entry {
	var versions []Entry
	for _, e := range l.entries {
		if e.Name != name || e.Action != Promote {
			continue
		}
		if at := slices.IndexFunc(versions, e.sameVersion); at >= 0 {
			versions[at] = e
			continue
		}
		versions = append(versions, e)
	}
	return versions
}

// Removed reports whether a version of a name was removed.
func (l Ledger) Removed(name, version string) bool {
	return slices.ContainsFunc(l.entries, func(e Entry) bool { return e.Action == Remove && e.Name == name && e.Version == version })
}

// Surplus returns the versions of a name beyond the number to keep, 2 or more: kept are
// the stable one, those that rollbacks can restore, then the newest that were rolled
// back. Each has all servers that it was ever promoted to.
func (l Ledger) Surplus(name string, keep int) []Entry {
	versions, order := l.Versions(name), l.stack(name)
	slices.Reverse(order)
	for _, e := range slices.Backward(versions) {
		if !slices.ContainsFunc(order, e.sameVersion) {
			order = append(order, e)
		}
	}
	order = slices.DeleteFunc(order, func(e Entry) bool { return l.Removed(name, e.Version) })
	var surplus []Entry
	for _, e := range order[min(keep, len(order)):] {
		e.Servers = nil
		for _, line := range l.entries {
			if line.Name == name && line.sameVersion(e) {
				e.Servers = append(e.Servers, line.Servers...)
			}
		}
		slices.Sort(e.Servers)
		e.Servers = slices.Compact(e.Servers)
		surplus = append(surplus, e)
	}
	return surplus
}

// Names returns the names that were ever promoted, sorted.
func (l Ledger) Names() []string {
	var names []string
	for _, e := range l.entries {
		names = append(names, e.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Promoted returns the entries of all versions of all names that were promoted and not
// removed, including those that made the stable and previous versions current.
func (l Ledger) Promoted() []Entry {
	var all []Entry
	for _, name := range l.Names() {
		all = append(all, slices.DeleteFunc(l.Versions(name), func(e Entry) bool { return l.Removed(name, e.Version) })...)
		for _, find := range []func(string) (Entry, bool){l.Stable, l.Previous} {
			if entry, found := find(name); found {
				all = append(all, entry)
			}
		}
	}
	return all
}
