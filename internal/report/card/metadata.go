package card

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/text"
)

// frontMatter is the metadata of a model card on the Hugging Face Hub
// (https://github.com/huggingface/hub-docs/blob/main/modelcard.md).
type frontMatter struct {
	License     string      `yaml:"license"`
	LicenseName string      `yaml:"license_name,omitempty"`
	PipelineTag string      `yaml:"pipeline_tag"`
	Tags        []string    `yaml:"tags"`
	Index       []hubResult `yaml:"model-index,omitempty"`
}

// hubResult holds the results of one model under the Hub's names.
type hubResult struct {
	Name    string      `yaml:"name"`
	Results []hubMetric `yaml:"results"`
}

type hubMetric struct {
	Task    hubName `yaml:"task"`
	Dataset hubName `yaml:"dataset"`
	Metrics []struct {
		Type  string  `yaml:"type"`
		Name  string  `yaml:"name"`
		Value float64 `yaml:"value"`
	} `yaml:"metrics"`
}

type hubName struct {
	Type string `yaml:"type"`
	Name string `yaml:"name,omitempty"`
}

// hubLicenses are the identifiers that the Hub accepts
// (https://huggingface.co/docs/hub/repositories-licenses).
var hubLicenses = strings.Fields(`apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0
	bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0
	cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0
	cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl
	ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc lppl-1.3c ms-pl
	mpl-2.0 odc-by odbl openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license llama2 gemma
	unknown other`)

// metadata is the card's. The model inherits the base's license: one that the Hub does
// not accept becomes "other", none "unknown".
func metadata(r report.Report) frontMatter {
	base := r.Origin.Base
	f := frontMatter{License: strings.ToLower(base.License), PipelineTag: "text-generation", Tags: []string{"tunegate", "lora", "gguf", "ollama"}}
	switch {
	case base.License == "":
		f.License = "unknown"
	case !slices.Contains(hubLicenses, f.License):
		f.License, f.LicenseName = "other", text.Shown(base.License, 100)
	}
	if t := r.Training; t != nil && t.Recipe != nil && t.Recipe.Quantization == "nf4" {
		f.Tags = append(f.Tags, "qlora")
	}
	own := hubResult{Name: r.Title()}
	for _, rate := range rates(r) {
		m := hubMetric{Task: hubName{Type: "text-generation"}, Dataset: hubName{Type: "tunegate-suite", Name: text.Shown(rate.suite, 200)}}
		m.Metrics = append(m.Metrics, struct {
			Type  string  `yaml:"type"`
			Name  string  `yaml:"name"`
			Value float64 `yaml:"value"`
		}{"accuracy", "pass rate", float64(rate.passed) / float64(rate.decided)})
		own.Results = append(own.Results, m)
	}
	if len(own.Results) > 0 {
		f.Index = []hubResult{own}
	}
	return f
}

// header is the metadata as YAML front matter.
func header(r report.Report) (string, error) {
	data, err := yaml.Marshal(metadata(r))
	if err != nil {
		return "", fmt.Errorf("model-card.md: %w", err)
	}
	return "---\n" + string(data) + "---\n", nil
}
