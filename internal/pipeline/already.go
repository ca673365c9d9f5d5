package pipeline

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/maths"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/shape"
	"github.com/tunegate/tunegate/internal/store"
)

// askedRows bounds the new rows that the baseline is asked.
const askedRows = 16

// value is mathematics in an answer: $...$, \(...\) or \boxed{...} in one line.
var value = regexp.MustCompile(`\$([^$\n]{1,80})\$|\\\(([^\n]{1,80}?)\\\)|\\boxed\{([^{}\n]{1,80})\}`)

// result is the value that an answer ends in: the last one of its last line.
func result(answer string) (string, bool) {
	lines := strings.Split(strings.TrimSpace(answer), "\n")
	found := value.FindAllStringSubmatch(lines[len(lines)-1], -1)
	if found == nil {
		return "", false
	}
	last := found[len(found)-1]
	return cmp.Or(last[1], last[2], last[3]), true
}

// newRow is a row that the change adds, and the value of its answer.
type newRow struct {
	row   dataset.Row
	value string
}

// newRows are some of the new rows whose answer ends in a value, the same ones
// every time.
func newRows(rows string, places map[string]dataset.Place) ([]newRow, error) {
	var found []newRow
	err := eachRow(rows, func(row dataset.Row) {
		_, answer := lastTurn(row)
		if value, ok := result(answer); ok && places[row.Source].New {
			found = append(found, newRow{row, value})
		}
	})
	slices.SortFunc(found, func(a, b newRow) int { return cmp.Compare(a.row.ID, b.row.ID) })
	return found[:min(len(found), askedRows)], err
}

// taught is what the baseline made of the new rows, by the rows' ids; a row that
// could not be judged is missing.
type taught map[string]bool

// already asks the baseline what the new rows teach: of data that it has right
// before any training, little gain can be expected. It is nil when no new row can
// be judged so.
func (r *run) already(ctx context.Context, baseline register.Registered, rows string, places map[string]dataset.Place) (*report.Already, error) {
	questions, err := newRows(rows, places)
	if err != nil || len(questions) == 0 {
		return nil, err
	}
	right, err := r.taught(ctx, baseline, questions)
	if err != nil {
		return nil, err
	}
	about := &report.Already{Asked: len(right)}
	for _, q := range questions {
		if right[q.row.ID] {
			about.Right++
			about.Rows = append(about.Rows, shownRow(q.row, places[q.row.Source], 1))
		}
	}
	if about.Asked == 0 {
		return nil, nil
	}
	return about, nil
}

func (r *run) taught(ctx context.Context, baseline register.Registered, questions []newRow) (taught, error) {
	version, err := r.serverVersion(ctx)
	if err != nil {
		return nil, err
	}
	_, options := r.plan.evalPlace(baseline.ModelID, version, r.device(ctx))
	ids := make([]string, len(questions))
	for i, q := range questions {
		ids[i] = q.row.ID
	}
	inputs := map[string]string{
		"model_id": baseline.ModelID, "server": version, "rows": string(store.Digest(ids)),
		"python": python.Digest(), "device": r.device(ctx),
	}
	_, right, err := cached(r, work[taught]{
		place: place{"already", store.NewKey("already", evalRevision, options, inputs), options, inputs},
		do: func(string) (taught, error) {
			r.machine.Progress.Say("eval: the baseline is asked %d of the new rows", len(questions))
			return r.askRows(ctx, baseline, options, questions)
		},
	})
	return right, err
}

// askRows grades the baseline's answers by the rows' own. A row whose value no
// checker can read, which is its author's to choose, is left out.
func (r *run) askRows(ctx context.Context, baseline register.Registered, options eval.Options, questions []newRow) (right taught, err error) {
	server, err := r.ollama(ctx)
	if err != nil {
		return nil, err
	}
	if err := sameModel(ctx, server.Client, baseline); err != nil {
		return nil, err
	}
	foreign, err := r.foreign(ctx, server, baseline.GGUF)
	if err != nil {
		return nil, err
	}
	interpreter, err := r.python(ctx)
	if err != nil {
		return nil, err
	}
	checker, err := maths.Start(ctx, r.machine.Launcher, interpreter, maths.Options{Wall: mathsWall})
	if err != nil {
		return nil, err
	}
	defer checker.Close()
	right = taught{}
	for _, q := range questions {
		messages := q.row.Messages[:len(q.row.Messages)-1]
		if messages[0].Role == shape.System { // the tag's own holds
			messages = messages[1:]
		}
		reply, err := server.Client.Chat(ctx, ollama.Ask{
			Tag: baseline.Tag, Messages: messages,
			Options: map[string]any{"seed": int(options.Seed & 0x7fffffff), "num_ctx": options.NumCtx, "num_predict": options.NumPredict},
		})
		if errors.Is(err, ollama.ErrTooLong) || errors.Is(err, ollama.ErrRunner) {
			continue
		}
		if err != nil {
			return nil, err
		}
		compared, err := checker.Compare(ctx, q.value, reply.Text)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil && compared.Verdict != maths.Unknown && reply.DoneReason == "stop" {
			right[q.row.ID] = compared.Verdict == maths.Equal
		}
	}
	if foreign {
		return right, nil
	}
	return right, server.Client.Unload(ctx, baseline.Tag)
}
