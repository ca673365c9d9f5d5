package dataset

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/repo"
	"github.com/tunegate/tunegate/internal/suite"
)

// sourceFiles are files from texts of a name, a line break and content, with blobs as
// git has them: equal content, equal blob.
func sourceFiles(texts []string) (files []repo.File) {
	for _, text := range texts {
		name, data, _ := strings.Cut(text, "\n")
		files = append(files, repo.File{Path: name, Blob: data, Size: int64(len(data)), Data: []byte(data)})
	}
	return files
}

// A finding is about what the change added or edited, and stands there, wherever that
// sorts; what the base has is neither blocked nor hidden by its neighbours.
func TestFindingsFollowTheChange(t *testing.T) {
	t.Parallel()
	about := func(topic, end string) string {
		words := ""
		for i := range 30 {
			words += fmt.Sprint(" ", topic, i)
		}
		return fmt.Sprintf("{\"question\": \"what of %s?\", \"answer\": \"%s %s\"}\n", topic, words, end)
	}
	const copied, asked, bad = "{\"question\": \"q\", \"answer\": \"a\"}\n", "{\"question\": \"Asked?\", \"answer\": \"a\"}\n", "{\"question\": \"q1\"}\n"
	alone := about("other", "so")
	for name, test := range map[string]struct {
		base, head []string
		want       string
	}{
		"near, before it":         {[]string{"m.jsonl\n" + about("x", "so")}, []string{"a.jsonl\n" + about("x", "thus"), "m.jsonl\n" + about("x", "so")}, "+near_duplicate@a.jsonl:1 m.jsonl:1"},
		"near, behind it":         {[]string{"m.jsonl\n" + about("x", "so")}, []string{"m.jsonl\n" + about("x", "so"), "z.jsonl\n" + about("x", "thus")}, "+near_duplicate@z.jsonl:1 m.jsonl:1"},
		"near, in its file":       {[]string{"m.jsonl\n" + about("x", "so")}, []string{"m.jsonl\n" + about("x", "thus") + about("x", "so")}, "+near_duplicate@m.jsonl:1 m.jsonl:2"},
		"near, edited":            {[]string{"m.jsonl\n" + alone + about("x", "so")}, []string{"m.jsonl\n" + about("x", "thus") + about("x", "so")}, "+near_duplicate@m.jsonl:1 m.jsonl:2"},
		"near, both new":          {nil, []string{"a.jsonl\n" + about("x", "thus"), "m.jsonl\n" + about("x", "so")}, "+near_duplicate@m.jsonl:1 a.jsonl:1"},
		"near, both old":          {[]string{"a.jsonl\n" + about("x", "thus"), "m.jsonl\n" + about("x", "so")}, []string{"a.jsonl\n" + about("x", "thus") + alone, "m.jsonl\n" + about("x", "so")}, "near_duplicate@m.jsonl:1 a.jsonl:1"},
		"near, a third":           {[]string{"b.jsonl\n" + about("x", "thus"), "m.jsonl\n" + about("x", "so")}, []string{"a.jsonl\n" + about("x", "then"), "b.jsonl\n" + about("x", "thus"), "m.jsonl\n" + about("x", "so")}, "+near_duplicate@a.jsonl:1 b.jsonl:1, near_duplicate@m.jsonl:1 b.jsonl:1"},
		"copy, before it":         {[]string{"m.jsonl\n" + copied}, []string{"a.jsonl\n" + copied, "m.jsonl\n" + copied}, "+exact_duplicate@a.jsonl:1 m.jsonl:1"},
		"copy, in an edited file": {[]string{"a.jsonl\n" + alone, "m.jsonl\n" + copied}, []string{"a.jsonl\n" + copied + alone, "m.jsonl\n" + copied + about("y", "so")}, "+exact_duplicate@a.jsonl:1 m.jsonl:1"},
		"copies, one more":        {[]string{"b.jsonl\n" + copied, "m.jsonl\n" + copied}, []string{"a.jsonl\n" + copied, "b.jsonl\n" + copied, "m.jsonl\n" + copied}, "+exact_duplicate@a.jsonl:1 b.jsonl:1, exact_duplicate@m.jsonl:1 b.jsonl:1"},
		"copies, one less":        {[]string{"a.jsonl\n" + copied, "b.jsonl\n" + copied, "m.jsonl\n" + copied}, []string{"b.jsonl\n" + copied, "m.jsonl\n" + copied}, "exact_duplicate@m.jsonl:1 b.jsonl:1"},
		"renamed":                 {[]string{"m.jsonl\n" + copied + copied + asked + bad}, []string{"a.jsonl\n" + copied + copied + asked + bad}, "exact_duplicate@a.jsonl:2 a.jsonl:1, contamination@a.jsonl:3 s.yaml:4, no_answer@a.jsonl:4"},
		"renamed and edited":      {[]string{"m.jsonl\n\ufeff" + asked + bad + copied}, []string{"a.jsonl\n\ufeff" + asked + bad + alone}, "contamination@a.jsonl:1 s.yaml:4, byte_order_mark@a.jsonl:1, no_answer@a.jsonl:2"},
		"reordered":               {[]string{"m.jsonl\n" + bad + asked + copied + about("x", "so") + about("x", "thus") + "{\n"}, []string{"m.jsonl\n{\n" + about("x", "thus") + about("x", "so") + copied + asked + bad}, "json@m.jsonl:1, near_duplicate@m.jsonl:3 m.jsonl:2, contamination@m.jsonl:5 s.yaml:4, no_answer@m.jsonl:6"},
		"written otherwise":       {[]string{"m.jsonl\n" + copied + bad + asked}, []string{"m.json\n[{\"answer\":\"a\",\"question\":\"q\"},\n{ \"question\":\"\\u00711\" },\n" + asked + "]"}, "no_answer@m.json:2, contamination@m.json:3 s.yaml:4"},
		"new, before old ones":    {[]string{"m.jsonl\n" + bad + asked}, []string{"a.jsonl\n" + bad + asked, "m.jsonl\n" + bad + asked + alone}, "+no_answer@a.jsonl:1, +contamination@a.jsonl:2 s.yaml:4, no_answer@m.jsonl:1, contamination@m.jsonl:2 s.yaml:4"},
		"broken as before":        {[]string{"a.json\n[{", "m.jsonl\n" + copied}, []string{"a.json\n[{", "m.jsonl\n" + copied + alone}, "json@a.json:1"},
		"broken otherwise":        {[]string{"a.json\n[{", "m.jsonl\n" + copied}, []string{"a.json\n[{}", "m.jsonl\n" + copied}, "+json@a.json:1"},
		"old pair, new neighbour": {[]string{"m.jsonl\n" + about("x", "so")}, []string{"a.jsonl\n" + copied, "m.jsonl\n" + about("x", "so")}, ""},
	} {
		in := Input{Head: sourceFiles(test.head), Base: sourceFiles(test.base)}
		in.Suites = []suite.Suite{{Path: "s.yaml", Cases: []suite.Case{{ID: "c", Line: 4, Turns: []suite.Turn{{User: "Asked?"}}}}}}
		result, err := Build(t.Context(), options("*", 0), in, t.TempDir())
		if err != nil && !strings.HasPrefix(err.Error(), "no record is fit") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, f := range result.Findings {
			sign := ""
			if f.New {
				sign = "+"
			}
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s%s@%s:%d %s", sign, f.Check, f.File, f.Line, f.See)))
		}
		if shown := strings.Join(got, ", "); shown != test.want {
			t.Errorf("%s: %s, want %s", name, shown, test.want)
		}
	}
}

// Old rows that only a new one links do not become a pair; the split keeps all three
// together.
func TestNewRowLinksOldOnes(t *testing.T) {
	t.Parallel()
	words := func(from, to int) (s string) {
		for i := from; i < to; i++ {
			s += fmt.Sprint(" w", i)
		}
		return s
	}
	row := func(answer string) string { return fmt.Sprintf("{\"question\": \"q\", \"answer\": %q}\n", answer) }
	old := "m.jsonl\n" + row(words(0, 100)) + row(words(10, 110))
	in := Input{Base: sourceFiles([]string{old}), Head: sourceFiles([]string{"a.jsonl\n" + row(words(5, 105)), old})}
	result, err := Build(t.Context(), options("*", 0), in, t.TempDir())
	if err != nil || len(result.Findings) != 1 || result.Findings[0].Where() != "a.jsonl:1" || !result.Findings[0].New || result.Stats.Clusters != 1 {
		t.Errorf("%+v, %v", result, err)
	}
}

// The rows are a function of the head alone: after the merge they are what was trained.
func TestRowsDoNotDependOnTheBase(t *testing.T) {
	t.Parallel()
	head := sourceFiles([]string{
		"a.jsonl\n{\"question\": \"q\", \"answer\": \"a\"}\n{\"question\": \"r\", \"answer\": \"b\"}\n",
		"m.jsonl\n{\"question\": \"q\", \"answer\": \"a\"}\n",
	})
	var first string
	for i, base := range [][]repo.File{nil, head[1:], head[:1], head} {
		dir := t.TempDir()
		if _, err := Build(t.Context(), options("*", 0.2), Input{Head: head, Base: base}, dir); err != nil {
			t.Fatal(err)
		}
		all := outputs(t, dir)
		if rows := all["train.jsonl"] + all["val.jsonl"]; i == 0 {
			first = rows
		} else if rows != first {
			t.Errorf("base %d: %s, without one %s", i, rows, first)
		}
	}
}
