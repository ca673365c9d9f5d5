package suite

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/reference"
)

// topic of `tunegate help` that explains the suites' files.
const topic = "suites"

// Format describes the suites' files. What an assert may say stands in the
// descriptions of the assertions.
func Format() reference.Format {
	asserts := reference.ListOf("asserts", reference.Refers("assert", "assert"))
	return reference.Format{
		Name: "suite", Topic: topic, Planned: planned, Values: assertions(), About: "Questions that both models are asked, and what their answers must be.",
		Definitions: map[string]reference.Type{"assert": assertion.Schema()},
		Keys: []reference.Key{
			{Path: "name", Type: reference.Matching("letters, digits, '.', '_' and '-', at most 64", name.String(), ""), Required: true, Example: "followup", About: "Name of the suite, for the gate and the reports."},
			{Path: "role", Type: reference.OneOf(string(Target), string(Guard), string(Observed)), Default: string(Target), Example: string(Target), About: "What a result means: a gain on a target counts, a loss on a target or guard blocks, observed is only reported."},
			{Path: "via", Type: reference.OneOf("ollama"), Default: "ollama", Example: "ollama", About: "How the models are queried."},
			{
				Path: "history", Type: reference.ListOf("replayed and own", reference.OneOf(string(Replayed), string(Own))).Unique(), Default: []string{string(Replayed)}, Example: []string{string(Replayed), string(Own)},
				About: "Whose earlier answers a later turn sees: the suite's (replayed) or the model's own; each counts as a case of its own.",
			},
			{Path: "defaultTest", Type: reference.Mapping(), About: "Settings for every case."},
			{Path: "defaultTest.assert", Type: asserts, Example: []any{map[string]any{"type": "finish-reason", "value": "stop"}}, About: "Assertions on the last turn of every case, and on every turn that has some."},
			{Path: "tests", Type: reference.Mappings().NotEmpty(), Required: true, About: "The cases."},
			{Path: "tests[].description", Type: reference.Matching("letters, digits, '.', '_' and '-', at most 64", name.String(), ""), Required: true, Example: "derivative-1", About: "Name of the case, unique in the suite."},
			{Path: "tests[].cluster", Type: reference.Text("text"), Default: reference.Says("the description"), Example: "derivatives", About: "Cases that test one idea share it: they count as one in the statistics."},
			{Path: "tests[].turns", Type: reference.Mappings().NotEmpty(), Required: true, About: "The questions, in their order."},
			{Path: "tests[].turns[].user", Type: reference.Matching("text", `\S`, ""), Required: true, Example: "Differentiate 4x^3.", About: "What is asked."},
			{Path: "tests[].turns[].assistant", Type: reference.Text("text"), Example: "The answer is 12x^2.", About: "The earlier answer that later turns see in replayed history; only the last turn may omit it."},
			{Path: "tests[].turns[].assert", Type: asserts, Example: []any{map[string]any{"type": "maths-equal", "value": "12x^2"}}, About: "What the answer must be; the case passes when every assertion with weight above 0 does."},
		},
	}
}

// assertions lists the types of asserts.
func assertions() string {
	var list strings.Builder
	list.WriteString("assertions:\n")
	for _, kind := range assertion.Types() {
		fmt.Fprintf(&list, "  %-14s  passes when %s\n", kind.Name, kind.About)
	}
	return list.String()
}
