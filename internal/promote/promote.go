// Package promote makes a tested model the served one, and rolls back. It
// points NAME-lora-VERSION and NAME:stable at the tested bytes on every server,
// compares model_id, and adds a line to the ledger. Nothing is rebuilt, every step
// can be repeated, and the next command finishes one that was killed anywhere.
package promote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/ledger"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/pipeline"
	"github.com/tunegate/tunegate/internal/runs"
)

// Options select what to promote.
type Options struct {
	Version    string // such as v1
	Run        string // a prefix of a run's ID; empty: that of a promoted version, else the latest that can be promoted of what the base branch holds
	Repository string // whose runs count where no run is named; empty: any
	// Holds is what the base branch holds, which a model must be made of if no run is
	// named; nil: of anything.
	Holds func(context.Context) (Held, error) `json:"-"`
}

// Held is what a branch holds.
type Held struct {
	Branch  string // for messages
	Lineage string
}

// Result is what is served now.
type Result struct {
	Action   ledger.Action `json:"action"`
	Name     string        `json:"name"`
	Version  string        `json:"version"`
	Tag      string        `json:"tag"`
	ModelID  string        `json:"model_id"`
	Run      string        `json:"run"`
	Lineage  string        `json:"lineage"`
	Stable   string        `json:"stable"`             // the version that NAME:stable is
	Previous string        `json:"previous,omitempty"` // the one to which a rollback goes
	Servers  []string      `json:"servers"`            // addresses, or ledger.Private
	Changed  bool          `json:"changed"`            // false: all was in place already
	Removed  []string      `json:"removed,omitempty"`  // versions beyond those that `promote.keep` keeps
	Notes    []string      `json:"notes,omitempty"`
}

// Promote makes the model of a run the stable one, on the server that evaluated
// it and on those that the config names. It is ErrVerdict when the verdict is
// against it and ErrUsage if the version is taken.
func Promote(ctx context.Context, m machine.Machine, c config.Config, o Options) (Result, error) {
	if err := checkVersion(c.Name, o.Version); err != nil {
		return Result{}, err
	}
	m, release, err := runs.Lock(ctx, m, "promote "+o.Version)
	if err != nil {
		return Result{}, err
	}
	defer release()
	promotions, err := ledger.Load(m.Home)
	if err != nil {
		return Result{}, err
	}
	chosen, err := o.choose(ctx, m, promotions, c.Name)
	if err != nil {
		return Result{}, err
	}
	dir, record := runs.Folder(m.Home, chosen.record.ID), chosen.record
	verdict, err := approved(m.Home, record)
	if err != nil {
		return Result{}, err
	}
	if err := of(c.Name, record); err != nil {
		return Result{}, err
	}
	if err := free(promotions, c.Name, o.Version, record.ID, verdict.ModelID); err != nil {
		return Result{}, err
	}
	made, err := tested(m, dir, record, verdict.ModelID)
	if err != nil {
		return Result{}, err
	}
	move := &move{
		machine: m, promotions: promotions,
		entry: ledger.Entry{
			Action: ledger.Promote, Name: c.Name, Version: o.Version, Tag: versionTag(c.Name, o.Version),
			ModelID: verdict.ModelID, GGUFSHA256: made.Candidate.Digest, Run: record.ID, Lineage: record.Lineage,
			Export: made.Export, Register: made.Register, Servers: servers(made.Host, c.Promote.To),
		},
		bytes: func() (runs.Artifact, error) { return made, nil },
		notes: chosen.notes, keep: c.Promote.Keep,
	}
	if newer, overtaken := move.overtaken(); overtaken {
		move.notes = append(move.notes, fmt.Sprintf("%s was promoted before %s, which stays stable (hint: run `tunegate rollback %s` to return to it)", o.Version, newer, o.Version))
		move.stays = true
		version, _ := promotions.Earlier(c.Name, o.Version)
		move.entry.Servers = version.Servers // where it may be lost; elsewhere it was never stable
	}
	if stable, promoted := promotions.Stable(c.Name); promoted && c.Eval.Baseline == config.StableModel && outdated(verdict, stable) {
		return Result{}, refuse(ErrVerdict, "run %s was not compared with %s, which is stable now, so it may be worse (hint: run it again, which evaluates only the new baseline, and promote that run)", record.ID, stable.Version)
	}
	if slices.Equal(move.entry.Servers, []string{ledger.Private}) {
		move.notes = append(move.notes, "it is only on this machine's private server, which runs only while tunegate does (hint: name the servers that people use under `promote.to` in the config, and promote again)")
	}
	return move.run(ctx)
}

// servers are those that a promotion goes to: the one that evaluated, then the
// others.
func servers(host string, others []string) []string {
	first := strings.TrimRight(host, "/")
	if host == "" || host == config.Auto {
		first = ledger.Private
	}
	all := []string{first}
	for _, other := range others {
		if !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	return all
}

// of makes sure that a run, which may be another repository's, made a model of
// this name: it was compared with that name's stable one.
func of(name string, run runs.Record) error {
	if made, _, _ := strings.Cut(run.Candidate, ":"); made != "" && made != name {
		return refuse(ErrUsage, "run %s made a model of %.60q, but the config's `name` is %s (hint: `tunegate list` shows which runs can be promoted)", run.ID, made, name)
	}
	return nil
}

// outdated reports whether a model other than the verdict's two became stable since.
func outdated(v gate.Verdict, stable ledger.Entry) bool {
	return v.BaselineModelID != "" && v.BaselineModelID != stable.ModelID && v.ModelID != stable.ModelID
}

// free makes sure that the version is not another model's: a version that was
// promoted never changes.
func free(promotions ledger.Ledger, name, version, run, modelID string) error {
	if promotions.Removed(name, version) {
		return refuse(ErrUsage, "%s was promoted before and removed under `promote.keep` (hint: `tunegate promote %s --run %s`)", version, nextVersion(promotions.Versions(name), version), run)
	}
	for _, e := range promotions.Versions(name) {
		switch {
		case e.Version == version && e.ModelID == modelID, !strings.EqualFold(e.Version, version):
			continue
		case e.Version != version:
			return refuse(ErrUsage, "%s is already promoted, and servers do not distinguish it from %s (hint: `tunegate promote %s --run %s`)", e.Version, version, nextVersion(promotions.Versions(name), version), run)
		default:
			return refuse(ErrUsage, "%s is already promoted: it is the model of run %s (model_id %.12s), and run %s made a different one (model_id %.12s) (hint: `tunegate promote %s --run %s`)",
				version, e.Run, e.ModelID, run, modelID, nextVersion(promotions.Versions(name), version), run)
		}
	}
	return nil
}

// tested is the model that the verdict is about, with the tested bytes.
func tested(m machine.Machine, dir string, record runs.Record, modelID string) (runs.Artifact, error) {
	made, err := runs.MadeBy(m, record)
	if err == nil {
		err = proved(made, modelID)
	}
	if errors.Is(err, runs.ErrGone) {
		again := "tunegate run"
		if about, reportErr := pipeline.LoadReport(dir); reportErr == nil && about.Reproduce != "" {
			again = about.Reproduce
		}
		return runs.Artifact{}, fmt.Errorf("run %s cannot be promoted, because only tested bytes are served: %w (hint: run `%s` to make and test it again)", record.ID, err, again)
	}
	return made, err
}
