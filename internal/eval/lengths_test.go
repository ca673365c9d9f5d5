package eval

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/suite"
)

// longWinded answers a question that is a number with as many tokens, where its
// limits let it. Every prompt has 12 tokens.
type longWinded struct {
	asked []engine.Ask
	slow  bool // it answers nothing before the context ends
}

func (s *longWinded) Chat(ctx context.Context, ask engine.Ask) (engine.Answer, error) {
	s.asked = append(s.asked, ask)
	if s.slow {
		<-ctx.Done()
		return engine.Answer{}, ctx.Err()
	}
	tokens, err := strconv.Atoi(ask.Messages[len(ask.Messages)-1].Content)
	if err != nil {
		return engine.Answer{}, err
	}
	answer := engine.Answer{Text: "words", Done: true, DoneReason: engine.Stop, InputTokens: 12, OutputTokens: tokens}
	if limit := min(ask.Options["num_predict"].(int), ask.Options["num_ctx"].(int)-12); tokens > limit {
		answer.DoneReason, answer.OutputTokens = engine.Length, limit
	}
	return answer, nil
}

// TestMeasure: what num_predict would end the cut answers is asked for, not guessed.
func TestMeasure(t *testing.T) {
	t.Parallel()
	const endless = "9999"
	for name, test := range map[string]struct {
		questions []string
		numCtx    int
		most      int
		want      string
		asked     int // again
	}{
		"none":               {[]string{"1", "64"}, 512, 9, "", 0},
		"all end":            {[]string{"1", "65", "170"}, 512, 9, "2 of 3 baseline answers were cut off at num_predict 64 (s 2); 192 would let them all finish (hint: set serve.parameters.num_predict to 192)", 2},
		"a whole unit":       {[]string{"96"}, 512, 9, "1 of 1 baseline answers were cut off at num_predict 64 (s 1); 128 would let them all finish (hint: set serve.parameters.num_predict to 128)", 1},
		"one never ends":     {[]string{"65", endless}, 512, 9, "2 of 2 baseline answers were cut off at num_predict 64 (s 2); 96 would let 1 of them finish, but 1 do not finish within num_ctx 512 (hint: set serve.parameters.num_predict to 96)", 2},
		"none ever ends":     {[]string{endless, "1"}, 512, 9, "1 of 2 baseline answers were cut off at num_predict 64 (s 1); none of them finishes within num_ctx 512 (hint: check for a model that repeats itself; otherwise raise serve.parameters.num_ctx and num_predict)", 1},
		"some of many":       {[]string{"70", "100", "80", "200"}, 512, 2, "4 of 4 baseline answers were cut off at num_predict 64 (s 4); 96 would let all of the 2 that were asked again finish (hint: set serve.parameters.num_predict to 96)", 2},
		"the context is all": {[]string{"60"}, 70, 9, "1 of 1 baseline answers filled num_ctx 70 before num_predict (hint: raise serve.parameters.num_ctx)", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var cases []suite.Case
			for i, question := range test.questions {
				cases = append(cases, oneTurn(strconv.Itoa(i), question))
			}
			server := &longWinded{}
			e := evaluation(server, suiteOf([]suite.History{suite.Replayed}, cases...))
			e.Options.NumCtx = test.numCtx
			graded := run(t, e, t.TempDir())
			before := len(server.asked)
			got, err := e.Measure(t.Context(), graded, test.most, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if words := got.Words("baseline"); words != test.want {
				t.Errorf("got  %s\nwant %s", words, test.want)
			}
			if again := len(server.asked) - before; again != test.asked || got.Asked != test.asked {
				t.Errorf("asked %d again, and says %d; want %d", again, got.Asked, test.asked)
			}
		})
	}
}

// TestMeasureAsksTheSame: a cut answer is asked for again with the history and the
// seed that it had.
func TestMeasureAsksTheSame(t *testing.T) {
	t.Parallel()
	equals := []assertion.Assert{{Type: assertion.Equals, Values: []string{"4"}, Weight: 1}}
	dialog := suite.Case{ID: "c", Cluster: "c", Turns: []suite.Turn{
		{User: "1", Assistant: "the suite's", Asserts: equals}, {User: "2", Assistant: "the suite's second"}, {User: "100", Asserts: equals},
	}}
	for history, heard := range map[suite.History]string{suite.Replayed: "the suite's second", suite.Own: "words"} {
		server := &longWinded{}
		e := evaluation(server, suiteOf([]suite.History{history}, dialog))
		graded := run(t, e, t.TempDir())
		first := server.asked[len(server.asked)-1]
		if _, err := e.Measure(t.Context(), graded, 1, time.Minute); err != nil {
			t.Fatal(err)
		}
		again := server.asked[len(server.asked)-1]
		if len(again.Messages) != 5 || again.Messages[3].Content != heard || again.Messages[4] != first.Messages[4] {
			t.Errorf("%s: %+v", history, again.Messages)
		}
		if again.Options["seed"] != first.Options["seed"] || again.Options["num_predict"] != 500 || again.Options["num_ctx"] != 512 {
			t.Errorf("%s: %v, first %v", history, again.Options, first.Options)
		}
	}
}

// TestMeasureEnds: what was not measured in time is not said.
func TestMeasureEnds(t *testing.T) {
	t.Parallel()
	server := &longWinded{}
	e := evaluation(server, suiteOf([]suite.History{suite.Replayed}, oneTurn("a", "100")))
	graded := run(t, e, t.TempDir())
	server.slow = true
	if got, err := e.Measure(t.Context(), graded, 9, time.Millisecond); err == nil || !strings.Contains(err.Error(), "within 1ms") || got.Asked != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Measure(cancelled, graded, 9, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
