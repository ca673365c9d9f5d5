package dataset

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/rawjson"
	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/suite"
)

// toys are one check of each kind, each of them whole.
var toys = table{
	{
		name: "comments", about: "a record has a comment.", CheckOptions: CheckOptions{Level: Warn},
		record: func(_ records.Record, fields []rawjson.Value) (problems []problem) {
			for _, f := range fields {
				if f.Name == "comment" {
					problems = append(problems, problem{offset: f.Offset, what: "a comment is read by nobody", hint: "remove it"})
				}
			}
			return problems
		},
	},
	{
		name: "shouting", about: "an answer is in capitals.", CheckOptions: CheckOptions{Level: Error},
		row: func(in Input) func(entry) []problem {
			return func(e entry) []problem {
				if len(in.Suites) == 1 && strings.ToUpper(e.answer) == e.answer {
					return []problem{whole("the answer is in capitals", "say it quietly")}
				}
				return nil
			}
		},
	},
	{
		name: "two_answers", about: "a question is answered in two ways.", CheckOptions: CheckOptions{Level: Warn},
		pair: &pairCheck{
			key: func(e entry) string { return e.question },
			compare: func(first, e entry) []problem {
				p := whole(fmt.Sprintf("%s is not %s", e.answer, first.answer), "keep one of them")
				p.see = first.record.FileLine()
				return []problem{p}
			},
		},
	},
	{
		name: "few_rows", about: "there are fewer rows than the threshold says.", CheckOptions: CheckOptions{Level: Off, Threshold: 0.5},
		set: func(rows []kept) map[int]problem {
			if len(rows) == 0 {
				return nil
			}
			return map[int]problem{0: whole("only some rows", "write more")}
		},
	},
}

// TestOneValueIsACheck: with it in the list, a config can set it, records are
// looked at by it, it can be explained (config has a test that lineages stay as they are).
func TestOneValueIsACheck(t *testing.T) {
	t.Parallel()
	checks := slices.Concat(known, toys)
	o := options("*", 0)
	o.Checks = checks.defaults()
	o.Checks["few_rows"] = CheckOptions{Warn, 0.5}
	in := Input{Suites: make([]suite.Suite, 1), Head: []repo.File{{Path: "a.json", Data: []byte(`[
{"question": "1 + 1?", "answer": "it is 2", "comment": "easy"},
{"question": "1 + 1?", "answer": "it is 3"},
{"question": "1 + 2?", "answer": "THREE"},
{"question": "1 + 2?", "answer": "it is 3"}]`)}}}
	result, err := checks.build(t.Context(), o, in, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range result.Findings {
		got = append(got, fmt.Sprint(f.Check, " ", f.Level, " ", f.Where(), f.See))
	}
	want := "few_rows warn a.json:2, comments warn a.json:2:56, two_answers warn a.json:3a.json:2, shouting error a.json:4"
	if strings.Join(got, ", ") != want || result.Stats.Rows != 3 {
		t.Errorf("%d rows; %s, want %s", result.Stats.Rows, strings.Join(got, ", "), want)
	}
	for _, c := range toys {
		if said := c.explain(); !strings.HasPrefix(said, c.name+": "+c.about+"\nIt looks at ") {
			t.Errorf("%s: %s", c.name, said)
		}
	}
	if err := checks.validateThreshold("few_rows", 2); err == nil {
		t.Error("a bad threshold passes")
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"no_answer":       "no_answer: the record has no answer.\nIt looks at each file and record as it is read; by default it is an error: a new one blocks, and the record gives no row at any level, so it cannot be off.",
		"exact_duplicate": "exact_duplicate: another row has the same conversation, and the first one counts; a source's weight repeats rows.\nIt looks at pairs of rows; by default it is a warning, and the record gives no row unless it is off.",
		"near_duplicate":  "near_duplicate: another row has nearly the same words (Jaccard similarity of what both say).\nIt looks at all rows together; by default it is a warning, from a similarity of 0.85 on; at the level error the record gives no row.",
		"unnamed":         "unnamed: a file that the change adds or edits looks like records, and no source of the config names it, so nothing is learnt from it.\nIt looks at changed files beside the sources; it is a warning, and no config changes that.",
	} {
		if got, err := Explain(name); err != nil || got != want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if _, err := Explain("near"); err == nil || !strings.HasPrefix(err.Error(), `unknown check "near" (hint: choose one of byte_order_mark, `) || !strings.Contains(err.Error(), ", unnamed, ") {
		t.Errorf("of an unknown check: %v", err)
	}
}
