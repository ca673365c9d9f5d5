package dataset

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/rawjson"
	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/text"
)

// The names under which a record may hold each part. The first that holds
// anything counts.
var (
	questionKeys = []string{"instruction", "question", "prompt", "user", "input_question", "query"}
	answerKeys   = []string{"output", "answer", "response", "assistant", "solution", "target"}
)

// PairKeys are the names under which a record may hold its question and its answer.
func PairKeys() (questions, answers []string) { return questionKeys, answerKeys }

// pairForm is a question and its answer, each under one of several names, and
// earlier turns in context.
var pairForm = form{
	fits: func(*normalizer) bool { return true },
	read: func(n *normalizer) {
		n.question = n.text(checkNoQuestion, "question", questionKeys)
		n.answer = n.text(checkNoAnswer, "answer", answerKeys)
		n.context()
	},
}

func (n *normalizer) text(missing, what string, keys []string) string {
	f, ok := n.filled(keys)
	switch {
	case !ok:
		n.report(missing,
			fmt.Sprintf("the record has no %s; it has %s", what, n.names()),
			"put it under "+text.Or(keys))
		return ""
	case f.Raw.Kind() != '"':
		n.report(checkType, fmt.Sprintf("%s is %s where text is expected", f.Name, rawjson.KindName(f.Raw.Kind())), "put it in quotes")
		return ""
	}
	return f.Text()
}

// names lists some of the record's own names: a misspelt one is seen at once.
func (n *normalizer) names() string {
	const most = 6
	var names []string
	for _, f := range n.fields[:min(len(n.fields), most)] {
		name := text.Begin(f.Name, maxQuoted/3)
		if f.Blank() {
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
	if !ok || f.Blank() {
		return
	}
	if f.Raw.Kind() != '[' {
		n.report(checkContext, "context is "+rawjson.KindName(f.Raw.Kind())+" where a list is expected", hint)
		return
	}
	// Record.Fields has read the list before: it is JSON.
	elements, _ := rawjson.List(f.Raw, f.Offset, records.MaxRecord)
	texts := make([]string, len(elements))
	for i, element := range elements {
		switch {
		case element.Blank():
			n.report(checkContext, fmt.Sprintf("text %d of context is empty", i+1), hint)
			return
		case element.Raw.Kind() != '"':
			n.report(checkContext, fmt.Sprintf("entry %d of context is %s where text is expected", i+1, rawjson.KindName(element.Raw.Kind())), hint)
			return
		}
		texts[i] = element.Text()
	}
	if len(texts)%2 != 0 {
		n.report(checkContext, fmt.Sprintf("context has %s, so its last question lacks the answer", text.Count(len(texts), "text")), hint)
		return
	}
	for pair := range slices.Chunk(texts, 2) {
		n.earlier = append(n.earlier, chat.Turn{User: pair[0], Assistant: pair[1]})
	}
}
