package dataset

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/suite"
)

// build runs on one file a side, with some checks changed, and gives the findings as check@line, with a plus
// sign before the new ones.
func build(t *testing.T, changed map[string]CheckOptions, head, base string) (Result, []string) {
	t.Helper()
	o := options("data/*", 0)
	maps.Copy(o.Checks, changed)
	in := Input{Head: []repo.File{{Path: "data/a.json", Blob: head, Data: []byte(head)}}}
	if base != "" {
		in.Base = []repo.File{{Path: "data/a.json", Blob: base, Data: []byte(base)}}
	}
	in.Suites = []suite.Suite{{Path: "s.yaml", Cases: []suite.Case{{ID: "c", Line: 4, Turns: []suite.Turn{{User: "First?"}, {User: "Asked?"}}}}}}
	result, err := Build(t.Context(), o, in, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, f := range result.Findings {
		sign := ""
		if f.New {
			sign = "+"
		}
		shown = append(shown, fmt.Sprintf("%s%s@%d", sign, f.Check, f.Line))
	}
	return result, shown
}

const (
	good    = `{"question": "q", "answer": "a"}`
	noReply = `{"question": "q1"}`
)

func TestNewFindings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ head, base, want string }{
		"no base":            {"[" + good + "\n," + noReply + "]", "", "+no_answer@2"},
		"same":               {"[" + good + "\n," + noReply + "]", "[" + noReply + "," + good + "]", "no_answer@2"},
		"other layout":       {"[" + good + "\n,\n{ \"question\" :\"\\u00711\"}]", "[" + noReply + "," + good + "]", "no_answer@3"},
		"other record":       {"[" + good + "\n,{\"question\": \"q2\"}]", "[" + noReply + "]", "+no_answer@2"},
		"other finding":      {"[" + good + "\n,{\"question\": \"q1\", \"answer\": 5}]", "[" + noReply + "]", "+type@2"},
		"once more":          {"[" + good + "\n," + noReply + "\n," + noReply + "]", "[" + noReply + "," + good + "]", "no_answer@2 +no_answer@3"},
		"line as before":     {good + "\n{\"cut", good + "\n" + good + "\n{\"cut", "json@2"},
		"copy of a good one": {"[" + good + "\n," + good + "]", "[" + good + "]", "+exact_duplicate@2"},
	} {
		if _, got := build(t, nil, test.head, test.base); strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %s", name, got, test.want)
		}
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()
	long := func(first, last string) string {
		words := first
		for i := range 40 {
			words += fmt.Sprint(" ", first, i)
		}
		return fmt.Sprintf(`{"question": "%s?", "answer": "it was %s"}`, words, last)
	}
	head := strings.Join([]string{
		"[" + good, good, `{"question": "asked", "answer": "a"}`, `{"question": "x", "context": [" FIRST ?", "a"], "answer": "a"}`,
		long("w", "so"), long("w", "thus"), `{"question": "x", "question": "y", "answer": "a"}`, "{\"question\": \"\xff\", \"answer\": \"a\"}", long("v", "so") + "]",
	}, "\n,")
	all := "+exact_duplicate@2 +contamination@3 +contamination@4 +near_duplicate@6 +duplicate_key@7 +encoding@8"
	level := func(level Level) map[string]CheckOptions {
		checks := make(map[string]CheckOptions)
		for _, name := range []string{"exact_duplicate", "contamination", "near_duplicate", "duplicate_key", "encoding"} {
			checks[name] = CheckOptions{level, DefaultChecks()[name].Threshold}
		}
		return checks
	}
	for name, test := range map[string]struct {
		checks   map[string]CheckOptions
		findings string
		errors   int
		rows     int
	}{
		"defaults":  {nil, all, 4, 4},
		"all error": {level(Error), all, 6, 3},
		"all warn":  {level(Warn), all, 0, 6},
		"all off":   {level(Off), "", 0, 9},
		"threshold": {map[string]CheckOptions{"near_duplicate": {Warn, 1}},
			strings.ReplaceAll(all, "+near_duplicate@6 ", ""), 4, 4},
	} {
		result, got := build(t, test.checks, head, "")
		if strings.Join(got, " ") != test.findings || result.Stats.Errors != test.errors || result.Stats.Rows != test.rows {
			t.Errorf("%s: %v, %d errors, %d rows", name, got, result.Stats.Errors, result.Stats.Rows)
		}
		if result.Blocked != (test.errors > 0) {
			t.Errorf("%s: blocked %v", name, result.Blocked)
		}
	}
}

func TestMessagesAreBounded(t *testing.T) {
	t.Parallel()
	nasty := strings.Repeat(`\u001b[31m\u0000\u202e`+"é\\n", 5000)
	read := recordsOf(t, "a.json", `[{"`+nasty+`": "`+nasty+`"}, {"question": "q", "answer": "a", "level": "`+nasty+`"}]`)
	var messages []string
	for _, r := range read {
		for _, p := range normalize(r, Options{Tags: levels}).problems {
			messages = append(messages, p.found(Error).Message)
		}
	}
	if len(messages) != 3 {
		t.Errorf("%d messages", len(messages))
	}
	for _, m := range append(messages, message(strings.Repeat("x", 1000), "y")) {
		if utf8.RuneCountInString(m) > maxMessage || strings.ContainsAny(m, "\x1b\x00\n\u202e") || !strings.HasSuffix(m, ")") {
			t.Errorf("%q", m)
		}
	}
}

func TestFindingsAreBounded(t *testing.T) {
	t.Parallel()
	old := strings.Repeat(",\n"+noReply, maxFindings+10)
	result, shown := build(t, nil, "["+good+old+strings.Repeat(",\n{}", maxFindings+5)+"]", "["+good+old+"]")
	s := result.Stats
	if len(shown) != 3*maxFindings || s.FindingsLeftOut != 20 || s.Errors != len(shown)+20 || s.NewErrors != 2*maxFindings+10 {
		t.Errorf("%d findings, %+v", len(shown), s)
	}
	if !slices.IsSortedFunc(result.Findings, func(a, b Finding) int { return a.Line - b.Line }) {
		t.Error("not in the order of the lines")
	}
}

func TestOnlyNew(t *testing.T) {
	t.Parallel()
	of := func(level Level, isNew bool, line int) Finding {
		return Finding{Level: string(level), New: isNew, Line: line}
	}
	got := OnlyNew([]Finding{of(Warn, true, 1), of(Error, false, 2), of(Error, true, 3), of(Warn, false, 4), of(Warn, true, 5), of(Error, true, 6)})
	want := []Finding{of(Error, true, 3), of(Error, true, 6), of(Warn, true, 1), of(Warn, true, 5)}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
