package provenance

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/tunegate/tunegate/internal/report/reporttest"
)

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, r := range reporttest.All() {
		got, err := Render(r)
		if err != nil {
			t.Fatal(err)
		}
		if got != nil {
			reporttest.Golden(t, name+".provenance.json", got)
		}
	}
}

// The fields that in-toto's Statement and SLSA's predicate require, and digests
// as in-toto writes them.
func TestProvenanceIsAStatement(t *testing.T) {
	t.Parallel()
	data, err := Render(reporttest.Tutor())
	if err != nil {
		t.Fatal(err)
	}
	type resource struct {
		Name   string
		Digest map[string]string
	}
	var s struct {
		Type          string `json:"_type"`
		Subject       []resource
		PredicateType string
		Predicate     struct {
			BuildDefinition struct {
				BuildType            string
				ExternalParameters   map[string]any
				ResolvedDependencies []resource
			}
			RunDetails struct {
				Builder    struct{ ID string }
				Byproducts []resource
			}
		}
	}
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	p := s.Predicate
	if s.Type != "https://in-toto.io/Statement/v1" || s.PredicateType != "https://slsa.dev/provenance/v1" || len(s.Subject) != 1 ||
		p.BuildDefinition.BuildType == "" || len(p.BuildDefinition.ExternalParameters) == 0 || p.RunDetails.Builder.ID == "" {
		t.Errorf("%s", data)
	}
	hex := regexp.MustCompile(`^[0-9a-f]{40,64}$`)
	resources := append(append(s.Subject, p.BuildDefinition.ResolvedDependencies...), p.RunDetails.Byproducts...)
	if len(resources) != 7 {
		t.Errorf("%d resources: %+v", len(resources), resources)
	}
	for _, r := range resources {
		for algorithm, digest := range r.Digest {
			if r.Name == "" || algorithm == "" || !hex.MatchString(digest) {
				t.Errorf("%+v", r)
			}
		}
	}
}

func TestNoProvenanceWithoutAModel(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"data", "unchanged"} {
		if made, err := Render(reporttest.Reports()[name]); made != nil || err != nil {
			t.Errorf("%s: %q %v", name, made, err)
		}
	}
}
