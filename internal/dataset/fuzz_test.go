package dataset

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/repo"
)

func FuzzRead(f *testing.F) {
	for _, data := range []string{
		"", "\ufeff[", `{"data": [{"question": "q", "answer": "a"}], "items": []}`, "{}\n{}\n", "[1,]", "\xff\xfe", `["\ud800"]`,
		`[{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}]`, "{\"a\":1}\r\n{", "[]]", "1e9999999",
		`[{"question": "q", "question": "\udc00", "answer": "a", "context": ["q", "a"], "input": "Learner level: x; previous turn: y"}]`,
	} {
		f.Add([]byte(data), false)
		f.Add([]byte(data), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, lines bool) {
		file := repo.File{Path: "a.json", Data: bytes.Clone(data)}
		if lines {
			file.Path = "a.jsonl"
		}
		x := examined(t, Options{Checks: DefaultChecks(), Tags: levels}, file)
		if !bytes.Equal(file.Data, data) {
			t.Error("the file's bytes were changed")
		}
		all := bytes.Split(data, []byte("\n"))
		for _, found := range x.found.kept {
			if found.Line < 1 || found.Line > len(all) || found.Column < 0 || found.Column > utf8.RuneCount(all[found.Line-1])+1 {
				t.Errorf("%s is not in the file", found.Where())
			}
			if utf8.RuneCountInString(found.Message) > maxMessage || strings.ContainsFunc(found.Message, unicode.IsControl) || !utf8.ValidString(found.Message) {
				t.Errorf("message %q", found.Message)
			}
		}
		for _, e := range x.entries {
			line, column := e.begins()
			if line != e.line || column != e.column || e.number > e.file.numbered {
				t.Errorf("record %d is at %d:%d, not at %d:%d", e.number, line, column, e.line, e.column)
			}
		}
	})
}

func FuzzNormalize(f *testing.F) {
	for _, data := range []string{
		`{"question": "q", "answer": " a\r\n b "}`, `{"prompt": null, "query": "\u0000", "target": "\ud83d\ude00"}`, `[]`, `{"instruction": 1e999}`,
		`{"question": "q", "answer": "a", "context": ["", []], "level": {}, "input": ";:;learner level:;;"}`,
		`{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}`,
	} {
		f.Add([]byte(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, r := range readOne(t, "a.jsonl", string(data)).proper() {
			n := r.normalize(Options{System: "Be brief.", Tags: levels})
			for _, p := range n.problems {
				if c, _ := known.find(p.check); c.unreadable {
					return
				}
			}
			e := n.entry
			messages := e.messages("Be brief.")
			for i, m := range messages {
				role := chat.User
				switch {
				case i == 0:
					role = chat.System
				case i%2 == 0:
					role = chat.Assistant
				}
				if m.Role != role || m.Content == "" || m.Content != strings.TrimSpace(m.Content) || !utf8.ValidString(m.Content) {
					t.Errorf("%q: message %d is %+v", r.raw, i, m)
				}
			}
			if len(messages)%2 == 0 || len(messages) < 3 || e.tags["level"] == "" {
				t.Errorf("%q: %+v", r.raw, e)
			}
		}
	})
}
