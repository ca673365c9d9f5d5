package report

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
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

// hubResult are the results of one model, as the Hub names them.
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

// hubLicenses are the identifiers that the Hub knows
// (https://huggingface.co/docs/hub/repositories-licenses).
var hubLicenses = strings.Fields(`apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0
	bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0
	cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0
	cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl
	ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc lppl-1.3c ms-pl
	mpl-2.0 odc-by odbl openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license llama2 gemma
	unknown other`)

// Card renders the model's card as Markdown with the Hub's metadata before it,
// at most Budget bytes. It is empty for a run that made no model.
func Card(r Report) ([]byte, error) {
	if r.Verdict.ModelID == "" {
		return nil, nil
	}
	metadata, err := yaml.Marshal(r.frontMatter())
	if err != nil {
		return nil, fmt.Errorf("model-card.md: %w", err)
	}
	sections := []section{
		{0, "the metadata", "---\n" + string(metadata) + "---\n"},
		{0, "the verdict", "# " + markdown.name(r.title()) + "\n\n" + r.cardVerdict()},
		{1, "how to use it", r.usage()},
		{2, "the results", titled("Results", r.results())},
		{3, "limits", titled("What the results cannot see", r.limits())},
		{4, "the data", titled("Trained on", r.trainedOn())},
		{5, "the training", titled("Training", list(r.trained(), prose, prose))},
		{6, "provenance", titled("Provenance", list(r.made(), prose, spanned))},
		{7, "what went in", titled("What went in", list(r.materials(), spanned, spanned))},
		{8, "versions", titled("Versions", list(r.versions(), spanned, spanned))},
		{9, "how to make it again", titled("Again", r.again())},
	}
	return []byte(assemble(sections, Budget, r.onPage())), nil
}

// frontMatter is the card's metadata. The model carries the base's license; one
// that the Hub does not know becomes "other", none at all "unknown".
func (r Report) frontMatter() frontMatter {
	base := r.Origin.Base
	f := frontMatter{License: strings.ToLower(base.License), PipelineTag: "text-generation", Tags: []string{"tunegate", "lora", "gguf", "ollama"}}
	switch {
	case base.License == "":
		f.License = "unknown"
	case !slices.Contains(hubLicenses, f.License):
		f.License, f.LicenseName = "other", line(base.License, 100)
	}
	if t := r.Training; t != nil && t.Recipe != nil && t.Recipe.Quantization == "nf4" {
		f.Tags = append(f.Tags, "qlora")
	}
	own := hubResult{Name: r.title()}
	for _, rate := range r.rates() {
		m := hubMetric{Task: hubName{Type: "text-generation"}, Dataset: hubName{Type: "tunegate-suite", Name: line(rate.suite, 200)}}
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

// rate is how a suite went.
type rate struct {
	suite, role             string
	passed, before, decided int
}

// rates count the pairs of each suite that both models decided, in the order of
// the cases.
func (r Report) rates() (rates []rate) {
	ways := r.ways()
	var seen []string
	for _, c := range r.Cases {
		w := ways[c.Suite]
		decided := w.total() - w.unknown
		if c.Model != eval.Candidate || decided == 0 || slices.Contains(seen, c.Suite) {
			continue
		}
		seen = append(seen, c.Suite)
		rates = append(rates, rate{suite: c.Suite, role: c.Role, passed: w.right + w.fixed, before: w.right + w.broke, decided: decided})
	}
	return rates
}

func (r Report) cardVerdict() string {
	words := r.headline(markdown) + ".\n"
	if about := r.about(markdown); about != "" {
		words += "\n" + about + ".\n"
	}
	if !r.Verdict.Promotable {
		words += "\nThis model did not qualify for promotion.\n"
	}
	return words
}

// usage says how the tag is asked, and by what it is known for the same.
func (r Report) usage() string {
	if r.CandidateTag == "" {
		return ""
	}
	return titled("Use", fmt.Sprintf("A GGUF served by Ollama, with its template, system prompt and parameters in the tag:\n\n%s\nIt is this model where its `model_id` is %s.\n",
		fence("ollama run "+line(r.CandidateTag, 200), 1, 300), markdown.name(r.Verdict.ModelID)))
}

// results are the suites' pass rates before and after.
func (r Report) results() string {
	rates := r.rates()
	if len(rates) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("Shares of the cases that both models answered; each model was asked the same questions with the same seeds.\n\n")
	out.WriteString("| suite | role | cases | before | after |\n| --- | --- | --: | --: | --: |\n")
	for _, rate := range rates[:min(len(rates), maxRows)] {
		share := func(n int) string { return gate.Points(float64(n)/float64(rate.decided)) + " %" }
		fmt.Fprintf(&out, "| %s | %s | %d | %s | %s |\n", markdown.name(rate.suite), name(rate.role), rate.decided, share(rate.before), share(rate.passed))
	}
	return out.String()
}

// limits are the smallest changes that the merge rules could have seen.
func (r Report) limits() string {
	var out strings.Builder
	for _, rule := range r.Verdict.Rules {
		if rule.Rule != gate.NoHarm || rule.N == 0 {
			continue
		}
		sees := "no drop at all"
		if sighted(rule) {
			sees = "drops from " + gate.Points(rule.Detects) + " points on"
		}
		fmt.Fprintf(&out, "- %s (%s): %s, with a chance of 80 %%\n", suites(markdown, rule), size(rule), sees)
	}
	if out.Len() == 0 {
		return ""
	}
	return "Smaller drops than these can be there and stay unseen, and nothing is known of what the suites do not ask:\n\n" + out.String()
}

// trainedOn names base and records with their licenses.
func (r Report) trainedOn() string {
	var out strings.Builder
	if base := r.Origin.Base; base.Model != "" {
		fmt.Fprintf(&out, "- base model %s, %s\n", span(base.Model, 200), licenseSpan(base.License))
	}
	for _, source := range r.Origin.Sources {
		fmt.Fprintf(&out, "- records %s, %s", span(source.Path, 200), licenseSpan(source.License))
		if source.Weight > 1 {
			fmt.Fprintf(&out, ", each %d times", source.Weight)
		}
		out.WriteString("\n")
	}
	return out.String()
}

// licenseSpan is licensed for Markdown.
func licenseSpan(license string) string {
	if license == "" {
		return licensed("")
	}
	return "license " + span(license, 100)
}

func (r Report) again() string {
	if r.Reproduce == "" {
		return ""
	}
	return fence(r.Reproduce, 10, 1000)
}

// titled is a section of the card; empty without a text.
func titled(title, text string) string {
	if text == "" {
		return ""
	}
	return "## " + title + "\n\n" + text
}

// spanned is a name or value of others.
func spanned(value string) string { return span(value, 400) }

// list writes facts as a list.
func list(facts []fact, what, value func(string) string) string {
	var out strings.Builder
	for _, f := range facts[:min(len(facts), foldedNames)] {
		fmt.Fprintf(&out, "- %s: %s\n", what(f.What), value(f.Value))
	}
	if left := len(facts) - foldedNames; left > 0 {
		fmt.Fprintf(&out, "- %d more\n", left)
	}
	return out.String()
}
