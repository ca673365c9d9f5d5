package machine

import (
	"context"
	"sync"
	"time"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/ollama"
)

// answerWait limits how long a server may take to report its version.
const answerWait = 10 * time.Second

// Answer is an Ollama server's answer to a version request.
type Answer struct {
	Address string
	Version string // empty: unknown
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

// AskPromotionServers asks the servers that receive a promotion, concurrently, except
// the one that evaluates it, which every run checks.
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
