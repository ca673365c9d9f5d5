// Package eval evaluates a served tag on the suites' cases and grades its answers. As
// answers arrive, it appends a line for each case and history mode to cases.jsonl.
package eval

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/suite"
)

// CasesFile is the file of graded cases in a result's folder.
const CasesFile = "cases.jsonl"

// The kinds of evidence of a case.
const (
	Direct = "direct" // the tag itself was asked and answered fully
	None   = "none"   // no full answer: counts as neither pass nor fail
)

// attempts is how often an aborted request is tried.
const attempts = 3

// Options are the request options of every case, in addition to the tag's Modelfile.
type Options struct {
	Seed       uint64 `json:"seed"`        // the seeds of the cases derive from it
	NumCtx     int    `json:"num_ctx"`     // tokens
	NumPredict int    `json:"num_predict"` // tokens
}

// Model is the evaluated tag.
type Model struct {
	Tag     string
	ModelID string
}

// Progress reports an evaluation's progress.
type Progress struct {
	Done, Total int
	Passed      int
	ETA         time.Duration
}

// Summary counts the graded cases.
type Summary struct {
	Cases  int            `json:"cases"`
	Passed int            `json:"passed"`
	None   map[string]int `json:"none"` // cases without evidence or decision, by reason
}

// Evaluation evaluates a tag on suites.
type Evaluation struct {
	Options Options
	Model   Model
	Suites  []suite.Suite
	// Rendered are the trainer's renderings of the prompts in replayed history, see
	// [register.Rendering.ByCase]: the server must count the same tokens in each.
	// Nil: counts are not compared.
	Rendered map[string][]register.Rendered
	Server   engine.Chatter
	// Still is called before a case's answers are kept. It returns an error if the tag
	// changed, or if others use its server. Nil: no check.
	Still  func(context.Context) error
	Maths  assertion.Maths
	Clock  func() time.Time
	Report func(Progress)
}

type item struct {
	suite   suite.Suite
	c       suite.Case
	history suite.History
}

// Run evaluates and grades every case that is not yet in dir/cases.jsonl, in the order
// of the suites, and appends a line for each. A truncated last line of an earlier
// attempt is dropped and its case evaluated again. Case.Model stays empty: the run
// decides which model is candidate and which baseline.
func (e Evaluation) Run(ctx context.Context, dir string) (Summary, error) {
	path := filepath.Join(dir, CasesFile)
	done, err := resume(path)
	if err != nil {
		return Summary{}, err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return Summary{}, err
	}
	summary := Summary{None: map[string]int{}}
	err = e.each(ctx, done, func(c Case, fresh bool) error {
		summary.count(c)
		if !fresh {
			return nil
		}
		return AppendCase(file, c)
	})
	return summary, errors.Join(err, file.Close())
}

func (e Evaluation) each(ctx context.Context, done []Case, take func(Case, bool) error) error {
	items := e.items()
	start := e.Clock()
	passed := 0
	for i, it := range items {
		fresh := i >= len(done)
		var graded Case
		if fresh {
			var err error
			if graded, err = e.ask(ctx, it); err == nil && e.Still != nil {
				err = e.Still(ctx)
			}
			if err != nil {
				return fmt.Errorf("%s/%s: %w", it.suite.Name, it.c.ID, err)
			}
		} else if graded = done[i]; graded.Suite != it.suite.Name || graded.Case != it.c.ID || graded.History != string(it.history) {
			return fmt.Errorf("found %s/%s, expected %s/%s (hint: run again with --force eval)", graded.Suite, graded.Case, it.suite.Name, it.c.ID)
		}
		if graded.Pass != nil && *graded.Pass {
			passed++
		}
		if err := take(graded, fresh); err != nil {
			return err
		}
		asked := i + 1 - len(done)
		progress := Progress{Done: i + 1, Total: len(items), Passed: passed}
		if asked > 0 {
			progress.ETA = e.rest(start, asked, len(items)-i-1)
		}
		e.Report(progress)
	}
	return nil
}

// rest estimates the remaining time from the pace since start.
func (e Evaluation) rest(start time.Time, done, left int) time.Duration {
	return e.Clock().Sub(start) / time.Duration(done) * time.Duration(left)
}

func (e Evaluation) items() []item {
	var items []item
	for _, s := range e.Suites {
		for _, c := range s.Cases {
			for _, history := range s.Histories(c) {
				items = append(items, item{s, c, history})
			}
		}
	}
	return items
}

func resume(path string) ([]Case, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	whole := strings.LastIndexByte(string(data), '\n') + 1
	if err := os.Truncate(path, int64(whole)); err != nil {
		return nil, err
	}
	return LoadCases(path)
}

// ask evaluates the model on one case. Bad answers are data: only failures of the
// server or the checker are errors.
func (e Evaluation) ask(ctx context.Context, it item) (Case, error) {
	graded := Case{
		Suite: it.suite.Name, Role: string(it.suite.Role), Case: it.c.ID, Cluster: it.c.Cluster,
		History: string(it.history), ModelID: e.Model.ModelID, Seed: seed(e.Options.Seed, it), Evidence: Direct,
	}
	for i, turn := range it.c.Turns {
		if !it.c.Asked(i, it.history) {
			continue
		}
		earlier := it.earlier(i, graded.Turns)
		reply, err := e.chat(ctx, chat.Chat("", earlier, turn.User), graded.Seed) // the tag's own system prompt holds
		if errors.Is(err, engine.ErrTooLong) {
			graded.lose("the conversation is longer than num_ctx")
			break
		}
		if err != nil {
			return Case{}, err
		}
		if err := e.counted(it, len(graded.Turns), reply); err != nil {
			return Case{}, fmt.Errorf("turn %d: %w", i+1, err)
		}
		graded.Turns = append(graded.Turns, Turn{
			User: turn.User, Output: reply.Text, DoneReason: reply.DoneReason,
			InputTokens: reply.InputTokens, OutputTokens: reply.OutputTokens, MS: reply.Duration.Milliseconds(),
		})
		if err := e.gradeTurn(ctx, &graded, turn, reply, earlier); err != nil {
			return Case{}, err
		}
		if why := noEvidence(reply); why != "" {
			graded.lose(why)
			break
		}
	}
	if graded.Evidence == Direct {
		graded.Pass = decide(graded.Asserts)
		if graded.Pass == nil {
			graded.Why = "the maths checker could not decide"
		}
	}
	return graded, nil
}

// earlier returns the turns before one as shown to the model, with its own answers so
// far.
func (it item) earlier(turn int, answered []Turn) []chat.Turn {
	var earlier []chat.Turn
	for i, before := range it.c.Turns[:turn] {
		heard := before.Assistant
		if it.history == suite.Own { // in which every turn is asked
			heard = answered[i].Output
		}
		earlier = append(earlier, chat.Turn{User: before.User, Assistant: heard})
	}
	return earlier
}

// chat sends the request, and retries if the answer was cut off in transit or the
// server's runner died (the server starts another): such failures must not count as
// the model's answer.
func (e Evaluation) chat(ctx context.Context, messages []chat.Message, seed int) (engine.Answer, error) {
	ask := engine.Ask{
		Tag: e.Model.Tag, Messages: messages,
		Options: map[string]any{"seed": seed, "num_ctx": e.Options.NumCtx, "num_predict": e.Options.NumPredict},
	}
	var reply engine.Answer
	var err error
	for range attempts {
		reply, err = e.Server.Chat(ctx, ask)
		if died := errors.Is(err, engine.ErrRunner); !died && (err != nil || reply.Done) {
			break
		}
	}
	return reply, err
}

// counted compares the token count of a case's question, the asked'th from 0, with the
// trainer's.
func (e Evaluation) counted(it item, asked int, reply engine.Answer) error {
	prompts := e.Rendered[it.suite.Name+"/"+it.c.ID]
	if it.history != suite.Replayed || !reply.Done || asked >= len(prompts) {
		return nil
	}
	return prompts[asked].Counted(reply.InputTokens)
}

func (e Evaluation) gradeTurn(ctx context.Context, graded *Case, turn suite.Turn, reply engine.Answer, earlier []chat.Turn) error {
	given := assertion.Answer{Text: reply.Text, DoneReason: reply.DoneReason}
	if len(earlier) > 0 {
		given.Previous = earlier[len(earlier)-1].Assistant
	}
	for _, assert := range turn.Asserts {
		result, err := assert.Grade(ctx, given, e.Maths)
		if err != nil {
			return fmt.Errorf("%s: %w", assert.Type, err)
		}
		graded.Asserts = append(graded.Asserts, AssertResult{
			Turn: len(graded.Turns) - 1, Type: assert.Type, Value: strings.Join(assert.Values, " | "),
			Result: result.Outcome, Weight: assert.Weight, Why: result.Why,
		})
	}
	return nil
}

// lose excludes the case.
func (c *Case) lose(why string) { c.Evidence, c.Why = None, why }

// noEvidence returns why an answer cannot be graded, or "".
func noEvidence(reply engine.Answer) string {
	switch {
	case !reply.Done:
		return "the answer was aborted"
	case strings.TrimSpace(reply.Text) == "":
		return "the answer is empty"
	case reply.DoneReason == engine.Length:
		return "the answer was cut at num_predict or num_ctx"
	case reply.DoneReason != engine.Stop:
		return "the answer ended with " + reply.DoneReason
	default:
		return ""
	}
}

// seed returns a case's request seed: the same for every model, different for every
// case, 31 bits so that it is positive everywhere.
func seed(base uint64, it item) int {
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%d\x00%s\x00%s\x00%s", base, it.suite.Name, it.c.ID, it.history)
	return int(hash.Sum64() >> 33)
}

func (s *Summary) count(c Case) {
	s.Cases++
	switch {
	case c.Pass == nil:
		s.None[c.Why]++
	case *c.Pass:
		s.Passed++
	}
}
