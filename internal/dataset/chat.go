package dataset

import (
	"fmt"
	"strings"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/rawjson"
	"github.com/tunegate/tunegate/internal/records"
)

const chatHint = "alternate user and assistant messages, and end with the assistant's"

// chatForm is {"messages": [{"role", "content"}, ...]}.
var chatForm = form{
	fits: func(n *normalizer) bool {
		messages, found := n.field("messages")
		return found && !messages.Blank()
	},
	read: func(n *normalizer) {
		messages, _ := n.field("messages")
		n.chat(messages)
	},
}

// chat reads a list of messages: the last one is the answer. A system message of its own gives way to the one
// that the model is served with.
func (n *normalizer) chat(messages rawjson.Value) {
	if messages.Raw.Kind() != '[' {
		n.report(checkType, "messages is "+rawjson.KindName(messages.Raw.Kind())+" where a list is expected", chatHint)
		return
	}
	// Record.Fields has read the list before: it is JSON.
	elements, _ := rawjson.List(messages.Raw, messages.Offset, records.MaxRecord)
	var texts []string
	for i, element := range elements {
		role, content, ok := n.message(i+1, element)
		if !ok {
			return
		}
		if role == chat.System && i == 0 {
			if content != "" && content != strings.TrimSpace(n.options.System) {
				n.report(checkUnusedText, "the record's own system message is not trained on, rows get serve.system", "drop it")
			}
			continue
		}
		expected := chat.User
		if len(texts)%2 == 1 {
			expected = chat.Assistant
		}
		if role != expected {
			n.report(checkContext, fmt.Sprintf("message %d is of the role %s where %s is expected", i+1, quoted(role), expected), chatHint)
			return
		}
		texts = append(texts, content)
	}
	last := len(texts) - 2
	switch {
	case len(texts) == 0:
		n.report(checkNoQuestion, "messages holds no question", chatHint)
		return
	case len(texts)%2 == 1:
		n.report(checkNoAnswer, "messages ends with a question", chatHint)
		return
	}
	for i := 0; i < last; i += 2 {
		n.earlier = append(n.earlier, chat.Turn{User: texts[i], Assistant: texts[i+1]})
	}
	n.question, n.answer = texts[last], texts[last+1]
}

func (n *normalizer) message(number int, message rawjson.Value) (role, content string, ok bool) {
	if message.Raw.Kind() != '{' {
		n.report(checkType, fmt.Sprintf("message %d is %s where an object is expected", number, rawjson.KindName(message.Raw.Kind())), chatHint)
		return "", "", false
	}
	members, _ := rawjson.Object(message.Raw, message.Offset, rawjson.Lenient)
	for _, member := range members {
		var to *string
		switch member.Name {
		case "role":
			to = &role
		case "content":
			to = &content
		default:
			continue
		}
		if member.Raw.Kind() != '"' {
			n.report(checkType, fmt.Sprintf("%s of message %d is %s where text is expected", member.Name, number, rawjson.KindName(member.Raw.Kind())), chatHint)
			return "", "", false
		}
		*to = member.Text()
	}
	if content == "" && role != chat.System {
		n.report(checkContext, fmt.Sprintf("message %d is empty", number), chatHint)
		return "", "", false
	}
	return role, content, true
}
