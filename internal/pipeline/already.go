package pipeline

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/maths"
	"github.com/tunegate/tunegate/internal/python"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/store"
)

// askedRows bounds the new rows that the baseline is asked.
const askedRows = 16

// alreadyRevision is raised like those of the stages.
const alreadyRevision = 2

// delimiters are what mathematics in an answer stands between.
var delimiters = [][2]string{{"$", "$"}, {`\(`, `\)`}, {`\boxed{`, "}"}}

// maxValue bounds a value, in bytes.
const maxValue = 80

// result is the value that an answer ends in: the last one of its last line.
func result(answer string) (value string, found bool) {
	answer = strings.TrimSpace(answer)
	line := answer[strings.LastIndexByte(answer, '\n')+1:]
	for at := 0; at >= 0; at = strings.IndexAny(line, `$\`) {
		line = line[at:]
		inside, rest := between(line)
		if inside == "" {
			line = line[min(1, len(line)):]
			continue
		}
		value, line = inside, rest
	}
	return value, value != "" && len(value) <= maxValue
}

// between gives the mathematics that a text begins with, and what follows.
func between(s string) (inside, rest string) {
	for _, d := range delimiters {
		if opened, ok := strings.CutPrefix(s, d[0]); ok {
			if inside, rest, closed := strings.Cut(opened, d[1]); closed && (d[1] != "}" || !strings.Contains(inside, "{")) {
				return inside, rest
			}
		}
	}
	return "", ""
}

// newRow is a row that the change adds, and the value of its answer.
type newRow struct {
	row   dataset.Row
	value string
}

// sampled keeps the rows of the smallest ids, in their order: some rows, and the
// same ones every time.
func sampled(rows []newRow, row newRow) []newRow {
	at, _ := slices.BinarySearchFunc(rows, row, func(a, b newRow) int { return cmp.Compare(a.row.ID, b.row.ID) })
	rows = slices.Insert(rows, at, row)
	return rows[:min(len(rows), askedRows)]
}

// taught is what the baseline made of the new rows, by the rows' ids; a row that
// could not be judged is missing.
type taught map[string]bool

// already asks the baseline what the new rows teach: of data that it has right
// before any training, little gain can be expected. It is nil when no new row can
// be judged so.
func (r *run) already(ctx context.Context, baseline register.Registered, found *pass) (*report.Already, error) {
	if len(found.sample) == 0 {
		return nil, nil
	}
	right, err := r.taught(ctx, baseline, found.sample)
	if err != nil || len(right) == 0 {
		return nil, err
	}
	about := &report.Already{Of: len(found.values), Asked: len(right)}
	for _, q := range found.sample {
		if right[q.row.ID] {
			about.Right++
			question, _ := lastTurn(q.row)
			about.Rows = append(about.Rows, r.shownRow(found.places, q.row.Source, question))
		}
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
		place: place{"already", store.NewKey("already", alreadyRevision, options, inputs), options, inputs},
		do: func(string) (taught, error) {
			r.machine.Progress.Say("eval: the baseline is asked %d of the new rows", len(questions))
			return r.askRows(ctx, baseline, options, questions)
		},
	})
	return right, err
}

// askRows grades the baseline's answers by the rows' own. The server is one for
// the whole run, so it does not end with the limit.
func (r *run) askRows(ctx context.Context, baseline register.Registered, options eval.Options, questions []newRow) (taught, error) {
	server, err := r.ollama(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, traceLimit)
	defer cancel()
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
	evaluation := eval.Evaluation{
		Options: options, Model: eval.Model{Tag: baseline.Tag, ModelID: baseline.ModelID}, Server: server.Client, Maths: checker,
	}
	right := taught{}
	for _, q := range questions {
		messages := q.row.Messages[:len(q.row.Messages)-1]
		if messages[0].Role == chat.System { // the tag's own holds
			messages = messages[1:]
		}
		knows, err := evaluation.Knows(ctx, messages, q.value)
		if err != nil {
			return nil, err
		}
		if knows != nil {
			right[q.row.ID] = *knows
		}
	}
	if err := sameModel(ctx, server.Client, baseline); err != nil || foreign {
		return right, err
	}
	return right, server.Client.Unload(ctx, baseline.Tag)
}
