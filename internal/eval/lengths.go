package eval

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/engine"
)

// lengthUnit rounds suggested limits, in tokens.
const lengthUnit = 32

// Lengths reports how many answers num_predict cut off, and how long some of them are
// when they may finish.
type Lengths struct {
	NumPredict int            `json:"num_predict"` // tokens
	NumCtx     int            `json:"num_ctx"`     // tokens
	Answers    int            `json:"answers"`
	Cut        map[string]int `json:"cut"` // cut off at num_predict, by suite
	// Full is how many answers filled num_ctx first: raising num_predict does not help.
	Full int `json:"full"`
	// Asked is how many cut-off ones were repeated, with all the context that their
	// prompts leave.
	Asked int `json:"asked"`
	// Ended are the token counts of those that then finished, ascending.
	Ended []int `json:"ended"`
}

// cutAnswer is an answer cut off at num_predict, the last turn of its case.
type cutAnswer struct {
	item item
	Case
}

// Lengths counts the cut-off answers among the model's graded cases. It sends no
// requests.
func (e Evaluation) Lengths(cases []Case) Lengths {
	found, _ := e.lengths(cases)
	return found
}

// Measure does the same, and repeats some of the cut-off ones until they finish: at
// most that many, evenly spread, for no longer than limit.
func (e Evaluation) Measure(ctx context.Context, cases []Case, most int, limit time.Duration) (Lengths, error) {
	found, cut := e.lengths(cases)
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	start := e.Clock()
	total := min(len(cut), most)
	for i := range total {
		answer, err := e.whole(limited, cut[i*len(cut)/total])
		if limited.Err() != nil && ctx.Err() == nil {
			break
		}
		if err != nil {
			return found, err
		}
		found.Asked++
		if answer.Done && answer.DoneReason == engine.Stop {
			found.Ended = append(found.Ended, answer.OutputTokens)
		}
		e.Report(Progress{Done: i + 1, Total: total, ETA: e.rest(start, i+1, total-i-1)})
	}
	slices.Sort(found.Ended)
	if len(cut) > 0 && found.Asked == 0 {
		return found, errors.New("no truncated answer could be completed within " + limit.String())
	}
	return found, nil
}

// lengths counts, and returns the answers cut off at num_predict.
func (e Evaluation) lengths(cases []Case) (Lengths, []cutAnswer) {
	found := Lengths{NumPredict: e.Options.NumPredict, NumCtx: e.Options.NumCtx, Cut: map[string]int{}}
	items := map[[3]string]item{}
	for _, it := range e.items() {
		items[[3]string{it.suite.Name, it.c.ID, string(it.history)}] = it
	}
	var cut []cutAnswer
	for _, c := range cases {
		found.Answers += len(c.Turns)
		if len(c.Turns) == 0 || c.Turns[len(c.Turns)-1].DoneReason != engine.Length {
			continue
		}
		last := c.Turns[len(c.Turns)-1]
		if it, known := items[[3]string{c.Suite, c.Case, c.History}]; known && last.OutputTokens >= e.Options.NumPredict {
			found.Cut[c.Suite]++
			cut = append(cut, cutAnswer{it, c})
		} else {
			found.Full++
		}
	}
	return found, cut
}

// whole repeats the request of a cut-off answer, with the same seed and as many tokens
// as its prompt leaves in the context.
func (e Evaluation) whole(ctx context.Context, cut cutAnswer) (engine.Answer, error) {
	last := cut.Turns[len(cut.Turns)-1]
	e.Options.NumPredict = max(e.Options.NumPredict, e.Options.NumCtx-last.InputTokens)
	answer, err := e.chat(ctx, cut.conversation(), cut.Seed)
	if err != nil {
		err = fmt.Errorf("%s/%s: %w", cut.Suite, cut.Case.Case, err)
	}
	return answer, err
}

// conversation returns the messages of the cut-off answer's request.
func (a cutAnswer) conversation() []chat.Message {
	asked := 0
	for i, turn := range a.item.c.Turns {
		if !a.item.c.Asked(i, a.item.history) {
			continue
		}
		if asked++; asked == len(a.Turns) {
			return chat.Chat("", a.item.earlier(i, a.Turns), turn.User)
		}
	}
	return nil
}

// AllCut returns the number of answers cut off at num_predict.
func (l Lengths) AllCut() (n int) {
	for _, cut := range l.Cut {
		n += cut
	}
	return n
}

// Enough returns the smallest num_predict, in steps of 32, that lets every answer
// finish that did when repeated; 0 if none did.
func (l Lengths) Enough() int {
	if len(l.Ended) == 0 {
		return 0
	}
	longest := l.Ended[len(l.Ended)-1]
	return min((longest/lengthUnit+1)*lengthUnit, max(l.NumCtx, longest+1))
}

// Words describes it in a sentence, with a hint; empty: nothing was cut off.
func (l Lengths) Words(whose string) string {
	var said []string
	if cut := l.AllCut(); cut > 0 {
		var suites []string
		for _, name := range slices.Sorted(maps.Keys(l.Cut)) {
			suites = append(suites, fmt.Sprintf("%s %d", name, l.Cut[name]))
		}
		said = append(said, fmt.Sprintf("%d of %d %s answers were cut off at num_predict %d (%s); %s",
			cut, l.Answers, whose, l.NumPredict, strings.Join(suites, ", "), l.remedy(cut)))
	}
	if l.Full > 0 {
		said = append(said, fmt.Sprintf("%d of %d %s answers filled num_ctx %d before num_predict (hint: raise serve.parameters.num_ctx)", l.Full, l.Answers, whose, l.NumCtx))
	}
	return strings.Join(said, "; ")
}

// remedy describes what repeating the requests showed.
func (l Lengths) remedy(cut int) string {
	of := "them"
	if l.Asked < cut {
		of = fmt.Sprintf("the %d that were asked again", l.Asked)
	}
	endless := l.Asked - len(l.Ended)
	switch {
	case len(l.Ended) == 0:
		return fmt.Sprintf("none of %s finishes within num_ctx %d (hint: check for a model that repeats itself; otherwise raise serve.parameters.num_ctx and num_predict)", of, l.NumCtx)
	case endless > 0:
		return fmt.Sprintf("%d would let %d of %s finish, but %d do not finish within num_ctx %d (hint: set serve.parameters.num_predict to %[1]d)", l.Enough(), len(l.Ended), of, endless, l.NumCtx)
	case l.Asked < cut:
		return fmt.Sprintf("%d would let all of %s finish (hint: set serve.parameters.num_predict to %[1]d)", l.Enough(), of)
	}
	return fmt.Sprintf("%d would let them all finish (hint: set serve.parameters.num_predict to %[1]d)", l.Enough())
}
