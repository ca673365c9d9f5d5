package dataset

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/repo"
)

// recordsOf reads a file.
func recordsOf(t failing, name, data string) []records.Record {
	files, err := records.Read(t.Context(), []repo.File{{Path: name, Data: []byte(data)}}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return files[0].Records
}

func normalized(t failing, data string) (entry, []problem) {
	n := normalize(recordsOf(t, "a.json", "["+data+"]")[0], Options{System: "Be brief.", Tags: levels})
	return n.entry, n.problems
}

// shown writes an entry as question > answer [level], after the earlier turns.
func (e entry) shown() string {
	var b strings.Builder
	for _, turn := range e.earlier {
		fmt.Fprintf(&b, "%s > %s | ", turn.User, turn.Assistant)
	}
	fmt.Fprintf(&b, "%s > %s [%s]", e.question, e.answer, e.tags["level"])
	return b.String()
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	for _, key := range questionKeys {
		for _, answer := range answerKeys {
			e, problems := normalized(t, fmt.Sprintf(`{"%s": "q", "%s": "a"}`, key, answer))
			if e.shown() != "q > a [teen]" || len(problems) != 0 {
				t.Errorf("%s, %s: %s %v", key, answer, e.shown(), problems)
			}
		}
	}
	for _, key := range levels[0].Keys {
		e, problems := normalized(t, fmt.Sprintf(`{"query": "q", "target": "a", "%s": " Adult ", "input": "Learner level: kids"}`, key))
		if e.tags["level"] != "adult" || len(problems) != 0 {
			t.Errorf("%s: %s %v", key, e.shown(), problems)
		}
	}
	for data, want := range map[string]string{
		`{"question": "second", "instruction": "first", "answer": "a"}`:                                                                 "first > a [teen]",
		`{"instruction": " \n", "prompt": null, "query": "q", "target":"a"}`:                                                            "q > a [teen]",
		`{"question": "\t q\u0301 ", "answer": "\n Line 1.\r\n\n  Line 2. \n"}`:                                                         "q\u0301 > Line 1.\r\n\n  Line 2. [teen]",
		`{"question": "q", "answer": "\u00e9\ud83d\ude00"}`:                                                                             "q > é😀 [teen]",
		`{"question": "q", "answer": "a", "input": "learner level : College."}`:                                                         "q > a [college]",
		`{"question": "q", "answer": "a", "input": ""}`:                                                                                 "q > a [teen]",
		`{"question": "q", "answer": "a", "context": ["q1", "a1", "q2", "a2"], "input": "Learner level: adult; previous turn: q2; a2"}`: "q1 > a1 | q2 > a2 | q > a [adult]",
		`{"question": "q", "answer": "a", "context": []}`:                                                                               "q > a [teen]",
		`{"question": "q", "answer": "a", "context": null}`:                                                                             "q > a [teen]",
		`{"messages": [{"role": "user", "content": "q"}, {"content": " a ", "role": "assistant"}], "level": "kids"}`:                    "q > a [kids]",
		`{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "q1"}, {"role": "assistant", "content": "a1"},
			{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "name": 5}]}`: "q1 > a1 | q > a [teen]",
		`{"messages": null, "question": "q", "answer": "a"}`: "q > a [teen]",
	} {
		e, problems := normalized(t, data)
		if e.shown() != want || len(problems) != 0 {
			t.Errorf("%s: %s %v, want %s", data, e.shown(), problems, want)
		}
	}
}

func TestNormalizeProblems(t *testing.T) {
	t.Parallel()
	const qa = `"question": "q", "answer": "a", `
	message := func(role, content string) string { return fmt.Sprintf(`{"role": %q, "content": %q}`, role, content) }
	for data, want := range map[string]string{
		`{}`: "no_question: the record has no question; it has nothing (hint: put it under instruction, question, prompt, user, input_question or query)|" +
			"no_answer: the record has no answer; it has nothing (hint: put it under output, answer, response, assistant, solution or target)",
		`{"quesion": "q", "answer": " "}`:                                         "no_question: the record has no question; it has quesion, answer (empty) (|no_answer: ",
		`{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "answer": "a"}`: "no_question: the record has no question; it has a, b, c, d, e, f, … (",
		`"x"`:                             "type: the record is text where an object is expected (hint: ",
		`[1]`:                             "type: the record is a list where",
		`{"question": 5, "answer": "a"}`:  "type: question is a number where text is expected (hint: put it in quotes)",
		`{"question": "q", "answer": {}}`: "type: answer is an object where",
		`{"question": "q", "answer": ["a"], "output": null}`:                        "type: answer is a list where",
		`{"question": false, "answer": "a"}`:                                        "type: question is a boolean where",
		`{` + qa + `"context": ["q1"]}`:                                             "context: context has 1 text, so its last question lacks the answer",
		`{` + qa + `"context": ["q1", " "]}`:                                        "context: text 2 of context is empty",
		`{` + qa + `"context": ["q1", 4]}`:                                          "context: entry 2 of context is a number where text",
		`{` + qa + `"context": "q1"}`:                                               "context: context is text where a list",
		`{` + qa + `"level": "expert"}`:                                             `level: unknown learner level "expert", taken as teen (hint: use kids, teen, college, adult)`,
		`{` + qa + `"level": 3}`:                                                    `level: unknown learner level "3", taken`,
		`{` + qa + `"input": "Translate this."}`:                                    "unused_text: the text under input",
		`{` + qa + `"input": ["x"]}`:                                                "unused_text: ",
		`{` + qa + `"input": "Learner level: teen; previous turn: what"}`:           "unused_text: ",
		`{` + qa + `"answer": "b"}`:                                                 `duplicate_key: the name "answer" occurs twice`,
		`{` + qa + `"x": {"y": 1, "y": 2}}`:                                         `duplicate_key: the name "y" occurs twice`,
		"{" + qa + "\"x\": \"\xff\"}":                                               "encoding: this is not Unicode text: invalid UTF-8",
		`{` + qa + `"x": "\ud800"}`:                                                 "encoding: this is not Unicode text: ",
		"{" + qa + "\"x\": \"\\udc00\", \"x\": 1}":                                  "encoding: |duplicate_key: ",
		`{"messages": {}}`:                                                          "type: messages is an object where a list",
		`{"messages": []}`:                                                          "no_question: messages holds no question",
		`{"messages": ["q"]}`:                                                       "type: message 1 is text where an object",
		`{"messages": [{"role": "user", "content": ["q"]}]}`:                        "type: content of message 1 is a list where text",
		`{"messages": [{"role": "user"}]}`:                                          "context: message 1 is empty",
		`{"messages": [` + message("user", "q") + `]}`:                              "no_answer: messages ends with a question",
		`{"messages": [` + message("user", "q") + `,` + message("user", "q") + `]}`: `context: message 2 is of the role "user" where assistant`,
		`{"messages": [` + message("tool", "q") + `]}`:                              `context: message 1 is of the role "tool" where user`,
		`{"messages": [` + message("system", "x") + `,` + message("user", "q") + `,` + message("assistant", "a") + `]}`:         "unused_text: the record's own system message",
		`{"messages": [` + message("user", "q") + `,` + message("assistant", "a") + `], "question": "q", "level": "professor"}`: "level: ",
	} {
		_, problems := normalized(t, data)
		wants := strings.Split(want, "|")
		if len(problems) != len(wants) {
			t.Errorf("%s: got %+v, want %s", data, problems, want)
			continue
		}
		for i, p := range problems {
			f := p.found(Error)
			if got := f.Check + ": " + f.Message; !strings.HasPrefix(got, wants[i]) {
				t.Errorf("%s: got %s, want %s", data, got, wants[i])
			}
		}
	}
}
