// Package provenance renders the provenance of a model's GGUF as an in-toto Statement.
package provenance

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/train"
)

// The types of the provenance: an in-toto Statement
// (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) whose
// predicate is SLSA's (https://slsa.dev/spec/v1.1/provenance), so that tools for those
// can sign and verify this one.
const (
	statementType = "https://in-toto.io/Statement/v1"
	predicateType = "https://slsa.dev/provenance/v1"
	builderID     = "https://github.com/tunegate/tunegate"
	buildType     = builderID + "/run/v1"
)

type statement struct {
	Type          string     `json:"_type"`
	Subject       []resource `json:"subject"`
	PredicateType string     `json:"predicateType"`
	Predicate     predicate  `json:"predicate"`
}

// resource is something with a digest.
type resource struct {
	Name        string            `json:"name"`
	Digest      map[string]string `json:"digest"`
	Annotations any               `json:"annotations,omitempty"`
}

type predicate struct {
	Definition struct {
		Type         string     `json:"buildType"`
		External     external   `json:"externalParameters"`
		Internal     internal   `json:"internalParameters"`
		Dependencies []resource `json:"resolvedDependencies"`
	} `json:"buildDefinition"`
	Details struct {
		Builder struct {
			ID      string            `json:"id"`
			Version map[string]string `json:"version,omitempty"`
		} `json:"builder"`
		Metadata   invocation `json:"metadata"`
		Byproducts []resource `json:"byproducts,omitempty"`
	} `json:"runDetails"`
}

// external holds what the caller of the run chose.
type external struct {
	Base    string `json:"base"`
	Head    string `json:"head"`
	Command string `json:"command,omitempty"`
}

// internal holds what the policy and the machine decided.
type internal struct {
	Lineage      string         `json:"lineage,omitempty"`
	PolicySHA256 string         `json:"policy_sha256,omitempty"`
	Seed         uint64         `json:"seed"`
	Train        *train.Options `json:"train,omitempty"`
	Device       string         `json:"device,omitempty"`
	Precision    string         `json:"precision,omitempty"`
	BaseLicense  string         `json:"base_license,omitempty"`
}

type invocation struct {
	ID       string    `json:"invocationId,omitempty"`
	Started  time.Time `json:"startedOn,omitzero"`
	Finished time.Time `json:"finishedOn,omitzero"`
}

// judged is the verdict on the model.
type judged struct {
	ModelID    string       `json:"model_id"`
	Outcome    gate.Outcome `json:"outcome"`
	Promotable bool         `json:"promotable"`
}

// Render renders the statement as JSON. It is nil for a run without a GGUF.
func Render(r report.Report) ([]byte, error) {
	if r.Export == nil {
		return nil, nil
	}
	s := statement{
		Type: statementType, PredicateType: predicateType,
		Subject: []resource{{
			Name: r.Title() + ".gguf", Digest: map[string]string{"sha256": r.Export.GGUFSHA256},
			Annotations: judged{r.Verdict.ModelID, r.Verdict.Outcome, r.Verdict.Promotable},
		}},
	}
	o, p := r.Origin, &s.Predicate
	p.Definition.Type = buildType
	p.Definition.External = external{Base: r.Base.Ref, Head: r.Head.Ref, Command: r.Reproduce}
	p.Definition.Internal = internal{Lineage: o.Lineage, PolicySHA256: r.Verdict.PolicySHA256, BaseLicense: o.Base.License}
	p.Definition.Dependencies = dependencies(r.Origin.Materials)
	p.Details.Builder.ID = builderID
	p.Details.Metadata = invocation{o.Run, o.Started, o.Finished}
	versions := map[string]string{}
	if t := r.Training; t != nil {
		in := &p.Definition.Internal
		in.Seed, in.Train, in.Device, in.Precision = t.Seed, t.Recipe, t.Device, t.Precision
		maps.Copy(versions, t.Versions)
		if t.AdapterSHA256 != "" {
			p.Details.Byproducts = []resource{{Name: "adapter_model.safetensors", Digest: map[string]string{"sha256": t.AdapterSHA256}}}
		}
	}
	for program, version := range map[string]string{"tunegate": o.Tool, "ollama": o.Server} {
		if version != "" {
			versions[program] = version
		}
	}
	p.Details.Builder.Version = versions
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("provenance.json: %w", err)
	}
	return append(data, '\n'), nil
}

// dependencies lists the materials.
func dependencies(materials []report.Material) []resource {
	used := []resource{}
	for _, m := range materials {
		used = append(used, resource{Name: m.Name, Digest: map[string]string{m.Algorithm: m.Digest}})
	}
	return used
}
