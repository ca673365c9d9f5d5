// Package chat builds the messages of a prompt: system prompt, earlier turns, question.
// Training rows, suites and parity checks share it.
package chat

// The roles of chat messages, as in the Ollama chat API and chat templates.
const (
	System    = "system"
	User      = "user"
	Assistant = "assistant"
)

// Message is one turn of a chat.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Turn is an earlier question with its answer.
type Turn struct {
	User      string
	Assistant string
}

// Chat returns a conversation that ends with an open question: the system prompt
// (omitted if empty), the earlier turns, then the question.
func Chat(system string, earlier []Turn, question string) []Message {
	messages := make([]Message, 0, 2+2*len(earlier))
	if system != "" {
		messages = append(messages, Message{Role: System, Content: system})
	}
	for _, turn := range earlier {
		messages = append(messages,
			Message{Role: User, Content: turn.User},
			Message{Role: Assistant, Content: turn.Assistant})
	}
	return append(messages, Message{Role: User, Content: question})
}
