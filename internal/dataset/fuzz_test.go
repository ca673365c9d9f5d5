package dataset

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tunegate/tunegate/internal/chat"
)

func FuzzNormalize(f *testing.F) {
	for _, data := range []string{
		`{"question": "q", "answer": " a\r\n b "}`, `{"prompt": null, "query": "\u0000", "target": "\ud83d\ude00"}`, `[]`, `{"instruction": 1e999}`,
		`{"question": "q", "answer": "a", "context": ["", []], "level": {}, "input": ";:;learner level:;;"}`,
		`{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}`,
	} {
		f.Add([]byte(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, r := range recordsOf(t, "a.jsonl", string(data)) {
			if _, none := r.Mistake(); none {
				continue
			}
			n := normalize(r, Options{System: "Be brief.", Tags: levels})
			for _, p := range n.problems {
				if f := p.found(Error); utf8.RuneCountInString(f.Message) > maxMessage || strings.ContainsFunc(f.Message, unicode.IsControl) || !utf8.ValidString(f.Message) {
					t.Errorf("message %q", f.Message)
				}
			}
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
					t.Errorf("%q: message %d is %+v", r.Raw, i, m)
				}
			}
			if len(messages)%2 == 0 || len(messages) < 3 || e.tags["level"] == "" {
				t.Errorf("%q: %+v", r.Raw, e)
			}
		}
	})
}
