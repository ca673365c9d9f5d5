package machine

import (
	"context"
	"sync"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ollama"
)

// answerWait bounds how long a server may take to tell its version.
const answerWait = 10 * time.Second

// Answer is what an Ollama server said of itself when it was asked.
type Answer struct {
	Address string
	Version string // empty: the server did not tell
	Err     error  // why it cannot be used: it does not answer, or its version is not supported
}

// AskServer asks the Ollama server at an address for its version, for 10 seconds
// at most.
func AskServer(ctx context.Context, address string) Answer {
	answer := Answer{Address: address}
	client, err := ollama.Dial(address)
	if err != nil {
		answer.Err = err
		return answer
	}
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	if answer.Version, answer.Err = client.Version(ctx); answer.Err == nil {
		answer.Err = ollama.Supported(answer.Version)
	}
	return answer
}

// AskPromotionServers asks the servers that a promotion brings a model to, all at
// once, beside the one that evaluates it: that one is asked by every run.
func AskPromotionServers(ctx context.Context, c config.Config) []Answer {
	var answers []Answer
	for _, address := range c.Promote.To {
		if address != c.Runner.Ollama {
			answers = append(answers, Answer{Address: address})
		}
	}
	var asked sync.WaitGroup
	for i := range answers {
		asked.Go(func() { answers[i] = AskServer(ctx, answers[i].Address) })
	}
	asked.Wait()
	return answers
}
