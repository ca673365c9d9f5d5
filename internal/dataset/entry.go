package dataset

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/text"
)

// The names under which a record may hold each part. The first that holds
// anything counts.
var (
	questionKeys = []string{"instruction", "question", "prompt", "user", "input_question", "query"}
	answerKeys   = []string{"output", "answer", "response", "assistant", "solution", "target"}
	levelKeys    = []string{"learner_level", "level", "student_level", "audience"}
)

var learnerLevels = []string{"kids", "teen", "college", "adult"}

const defaultLearnerLevel = "teen"

// entry is the one form that all kinds of records come to. Texts are as in the
// record but for white space around them: no Unicode normalization, line ends kept.
type entry struct {
	record   record
	earlier  []chat.Turn
	question string
	answer   string
	level    string
	digest   [sha256.Size]byte // of the conversation without system prompt
	near     int               // label, shared with near-duplicates
	isNew    bool              // the base tip has no such record
}

// messages lays the entry out as it is asked and answered.
func (e entry) messages(system string) []chat.Message {
	return append(chat.Chat(system, e.earlier, e.question), chat.Message{Role: chat.Assistant, Content: e.answer})
}

// wording is the text in which near-duplicates are looked for.
func (e entry) wording() string {
	var b strings.Builder
	for _, turn := range e.earlier {
		b.WriteString(turn.User + "\n" + turn.Assistant + "\n")
	}
	b.WriteString(e.question + "\n" + e.answer)
	return b.String()
}

// opening is the conversation's first question, as compared with others.
func (e entry) opening() string {
	if len(e.earlier) > 0 {
		return text.Normal(e.earlier[0].User)
	}
	return text.Normal(e.question)
}

// normalize reads a record; system is the prompt that rows get. The entry is of
// use only when no problem is of an unreadable check.
func (r record) normalize(system string) (entry, []problem) {
	n := normalizer{entry: entry{record: r}, system: system}
	if kind := r.raw.Kind(); kind != '{' {
		n.report(checkType, "the record is "+kindName(kind)+" where an object is expected", "write {\"question\": ..., \"answer\": ...}")
		return n.entry, n.problems
	}
	n.fields, n.problems = r.fields()
	if messages, ok := n.field("messages"); ok && !messages.blank() {
		n.chat(messages)
	} else {
		n.question = n.text(checkNoQuestion, "question", questionKeys)
		n.answer = n.text(checkNoAnswer, "answer", answerKeys)
		n.context()
	}
	n.level = n.learnerLevel(n.input())
	return n.entry, n.problems
}

type normalizer struct {
	entry
	system   string
	fields   []field
	problems []problem
}

func (n *normalizer) report(check, what, hint string) {
	n.problems = append(n.problems, problem{check: check, record: n.record, offset: -1, what: what, hint: hint})
}

// field gives the last member of a name, as most readers do.
func (n *normalizer) field(name string) (field, bool) {
	for _, f := range slices.Backward(n.fields) {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

// filled gives the first of the named members that is not blank.
func (n *normalizer) filled(names []string) (field, bool) {
	for _, name := range names {
		if f, ok := n.field(name); ok && !f.blank() {
			return f, true
		}
	}
	return field{}, false
}

func (n *normalizer) text(missing, what string, keys []string) string {
	f, ok := n.filled(keys)
	switch {
	case !ok:
		n.report(missing,
			fmt.Sprintf("the record has no %s; it has %s", what, n.names()),
			"put it under "+strings.Join(keys[:len(keys)-1], ", ")+" or "+keys[len(keys)-1])
		return ""
	case f.raw.Kind() != '"':
		n.report(checkType, fmt.Sprintf("%s is %s where text is expected", f.name, kindName(f.raw.Kind())), "put it in quotes")
		return ""
	}
	return f.text()
}

// names lists some of the record's own names: a misspelt one is seen at once.
func (n *normalizer) names() string {
	const most = 6
	var names []string
	for _, f := range n.fields[:min(len(n.fields), most)] {
		name := plain(f.name, maxQuoted/3)
		if f.blank() {
			name += " (empty)"
		}
		names = append(names, name)
	}
	switch {
	case len(names) == 0:
		return "nothing"
	case len(n.fields) > most:
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// context reads earlier turns: questions and answers by turns, oldest first.
func (n *normalizer) context() {
	const hint = "write [question, answer, question, answer, ...], the oldest first"
	f, ok := n.field("context")
	if !ok || f.blank() {
		return
	}
	if f.raw.Kind() != '[' {
		n.report(checkContext, "context is "+kindName(f.raw.Kind())+" where a list is expected", hint)
		return
	}
	// record.fields has read the list before: it is JSON.
	elements, _ := list(f.raw, f.offset)
	texts := make([]string, len(elements))
	for i, element := range elements {
		switch {
		case element.blank():
			n.report(checkContext, fmt.Sprintf("text %d of context is empty", i+1), hint)
			return
		case element.raw.Kind() != '"':
			n.report(checkContext, fmt.Sprintf("entry %d of context is %s where text is expected", i+1, kindName(element.raw.Kind())), hint)
			return
		}
		texts[i] = element.text()
	}
	if len(texts)%2 != 0 {
		n.report(checkContext, fmt.Sprintf("context has %d texts, so its last question lacks the answer", len(texts)), hint)
		return
	}
	for pair := range slices.Chunk(texts, 2) {
		n.earlier = append(n.earlier, chat.Turn{User: pair[0], Assistant: pair[1]})
	}
}

// input reads `Learner level: X; previous turn: Y`. What else it may hold is in
// no row, and neither is Y, which context repeats.
func (n *normalizer) input() (level string) {
	f, ok := n.field("input")
	if !ok || f.blank() {
		return ""
	}
	unused := f.raw.Kind() != '"'
	for rest := f.text(); rest != ""; {
		var part string
		part, rest, _ = strings.Cut(rest, ";")
		name, value, _ := strings.Cut(part, ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "":
		case "learner level":
			level = value
		case "previous turn":
			unused = unused || len(n.earlier) == 0
			rest = ""
		default:
			unused = true
		}
	}
	if unused {
		n.report(checkUnusedText, "the text under input is not trained on, but for the learner level",
			"put a task's text into the question, an earlier turn into context")
	}
	return level
}

// learnerLevel gives one of learnerLevels; fromInput is what input says.
func (n *normalizer) learnerLevel(fromInput string) string {
	level := fromInput
	if f, ok := n.filled(levelKeys); ok {
		if level = f.text(); f.raw.Kind() != '"' {
			level = string(f.raw)
		}
	}
	level = strings.ToLower(strings.Trim(level, " \t\r\n."))
	if level == "" || slices.Contains(learnerLevels, level) {
		return cmp.Or(level, defaultLearnerLevel)
	}
	n.report(checkLevel, "unknown learner level "+quoted(level)+", taken as "+defaultLearnerLevel, "use "+strings.Join(learnerLevels, ", "))
	return defaultLearnerLevel
}
