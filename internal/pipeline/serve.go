package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/renameio/v2"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/maths"
	"github.com/tunegate/tunegate/internal/ollama"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/report"
	"github.com/tunegate/tunegate/internal/store"
)

// served registers both models, asks them and concludes.
func (r *run) served(ctx context.Context, base model, baseline, candidate gguf, about report.Report) (Result, error) {
	rendering, err := r.render(ctx, base)
	if err != nil {
		return Result{}, err
	}
	before, err := r.baseline(ctx, baseline, rendering)
	if err != nil {
		return Result{}, err
	}
	after, err := r.register(ctx, Register, r.candidateTag(), candidate, rendering)
	if err != nil {
		return Result{}, err
	}
	return r.compare(ctx, before, after, about)
}

// compare asks both models and concludes.
func (r *run) compare(ctx context.Context, before, after register.Registered, about report.Report) (Result, error) {
	r.record.Candidate = after.Tag
	about.CandidateTag, about.BaselineTag = after.Tag, before.Tag
	if r.until(Register) {
		return stopped("with the candidate registered as " + after.Tag), nil
	}
	asked, err := r.eval(ctx, []asked{{eval.Baseline, before}, {eval.Candidate, after}})
	if err != nil || r.until(Eval) {
		return stopped("after the evaluation"), err
	}
	about.Cases, about.Verdict = asked, gate.Decide(r.plan.Config.Gate, asked)
	if err := r.trace(ctx, before, &about); err != nil {
		if errors.Is(context.Cause(ctx), context.Canceled) {
			return Result{}, err
		}
		r.machine.Progress.Say("note: what the rows have to do with the verdict is not known: %v", err)
	}
	return r.conclude(about.Verdict, about)
}

// traceLimit bounds the reading of the rows, and the asking of the baseline: the
// verdict stands already.
const traceLimit = 2 * time.Minute

// trace tells the report which rows may have taught what broke, and what the
// baseline knew of the new ones before.
func (r *run) trace(ctx context.Context, baseline register.Registered, about *report.Report) error {
	rows := filepath.Join(r.dir, string(Dataset), "train.jsonl")
	if _, err := os.Stat(rows); errors.Is(err, fs.ErrNotExist) { // a model of old whose rows were cleaned away
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, traceLimit)
	defer cancel()
	places, err := dataset.NewPlaces(limited, r.plan.Head, r.plan.Base)
	if err != nil {
		return err
	}
	found, err := readRows(limited, rows, places, about.Broke())
	if err != nil {
		return err
	}
	about.Nearest = r.nearest(found)
	about.Already, err = r.already(ctx, baseline, found)
	return err
}

// candidateTag is the tag that this run's model gets.
func (r *run) candidateTag() string {
	name := r.plan.Config.Name
	if r.record.PR > 0 {
		return fmt.Sprintf("%s:pr-%d-%s", name, r.record.PR, r.record.Lineage[:8])
	}
	return name + ":run-" + r.record.ID
}

// rendering is what the trainer's template makes of the suites' prompts.
type rendering struct {
	Probe   string              `json:"probe"`
	Prompts []register.Rendered `json:"prompts"`
}

// render has the trainer's own tokenizer render what the suites will ask.
func (r *run) render(ctx context.Context, base model) (rendering, error) {
	_, value, err := cached(r, work[rendering]{
		place: r.plan.renderPlace(base.identity),
		do: func(dir string) (rendering, error) {
			interpreter, err := r.python(ctx)
			if err != nil {
				return rendering{}, err
			}
			probe, rendered, err := register.Render(ctx, r.machine.Launcher, interpreter, base.dir, r.plan.prompts(), dir)
			return rendering{probe, rendered}, err
		},
	})
	return value, err
}

// register gives a file its tag. The store's word is not enough: the tag must
// be there and name these bytes, else it is made again.
func (r *run) register(ctx context.Context, stage Stage, tag string, file gguf, rendering rendering) (register.Registered, error) {
	at, serve, err := r.plan.registerPlace(file.digest, rendering)
	if err != nil {
		return register.Registered{}, err
	}
	lost := false
	if known, found := r.registered(at.key); found {
		held, err := r.holds(ctx, known.Tag, serve, file.digest)
		if err != nil {
			return register.Registered{}, err
		}
		if !held {
			r.machine.Progress.Say("register: the server has no %s with these bytes, so it is made again", known.Tag)
			lost = true
		}
		tag = known.Tag
	}
	entry, value, err := cached(r, work[register.Registered]{
		place: at, stage: stage, resume: true, // a draft may name a tag that is to be deleted
		again: lost,
		do: func(dir string) (register.Registered, error) {
			server, err := r.ollama(ctx)
			if err != nil {
				return register.Registered{}, err
			}
			if _, err := r.foreign(ctx, server, file.digest); err != nil {
				return register.Registered{}, err
			}
			meant := intent{Tag: tag, GGUF: file.digest}
			if !server.Private() {
				meant.Host = server.Client.Base()
			}
			if left, err := loadIntent(dir); err == nil && left.Host == meant.Host && left.key() != meant.key() && Candidate(left.Tag) {
				if _, err := left.takeBack(ctx, server.Client); err != nil {
					return register.Registered{}, err
				}
			}
			if err := meant.save(dir); err != nil {
				return register.Registered{}, err
			}
			registered, shown, err := register.Run(ctx, server.Client, register.Candidate{
				Tag: tag, Path: file.path, Digest: file.digest, Serve: serve,
			}, rendering.Prompts)
			if err != nil {
				return register.Registered{}, err
			}
			registered.Host = meant.Host
			return registered, errors.Join(
				store.WriteJSON(filepath.Join(dir, "model.json"), registered),
				os.WriteFile(filepath.Join(dir, "Modelfile"), []byte(register.Modelfile(shown)), 0o644))
		},
	})
	if err != nil || stage == "" {
		return value, err
	}
	return value, r.link(stage, entry)
}

func (r *run) registered(key store.Key) (register.Registered, bool) {
	var known register.Registered
	entry, err := r.store.Get(string(Register), key)
	if err != nil || entry.Decode(&known) != nil {
		return register.Registered{}, false
	}
	return known, true
}

// holds says whether the server has the tag with these bytes and settings. A
// private server that is not running is asked through its files.
func (r *run) holds(ctx context.Context, tag string, serve register.Serve, digest string) (bool, error) {
	if private(r.plan.Config) && r.server == nil {
		return ollama.HasTag(ollama.Models(OllamaHome(r.machine.Home)), tag, digest), nil
	}
	server, err := r.ollama(ctx)
	if err != nil {
		return false, err
	}
	shown, err := server.Client.Show(ctx, tag)
	if errors.Is(err, ollama.ErrNotFound) || errors.Is(err, ollama.ErrBroken) {
		return false, nil
	}
	want := register.Candidate{Tag: tag, Digest: digest, Serve: serve}.Expected()
	return err == nil && register.ModelID(shown) == register.ModelID(want), err
}

// asked is a registered model in its role.
type asked struct {
	role  string
	model register.Registered
}

// eval asks the models and writes the run's cases.jsonl. Each model's answers
// are kept by themselves, so a baseline is asked once for many pull requests.
func (r *run) eval(ctx context.Context, models []asked) ([]eval.Case, error) {
	dir := filepath.Join(r.dir, string(Eval))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	out, err := renameio.TempFile(dir, filepath.Join(dir, eval.CasesFile))
	if err != nil {
		return nil, err
	}
	defer out.Cleanup()
	var all []eval.Case
	for _, m := range models {
		cases, err := r.evalModel(ctx, m)
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			c.Model = m.role
			if err := eval.AppendCase(out, c); err != nil {
				return nil, err
			}
			all = append(all, c)
		}
	}
	return all, out.CloseAtomicallyReplace()
}

func (r *run) evalModel(ctx context.Context, m asked) ([]eval.Case, error) {
	version, err := r.serverVersion(ctx)
	if err != nil {
		return nil, err
	}
	r.record.Server = version
	at, options := r.plan.evalPlace(m.model.ModelID, version, r.device(ctx))
	entry, _, err := cached(r, work[eval.Summary]{
		place: at, stage: Eval, resume: true,
		do: func(dir string) (eval.Summary, error) {
			return r.ask(ctx, m, options, dir)
		},
	})
	if err != nil {
		return nil, err
	}
	return eval.LoadCases(entry.Path(eval.CasesFile))
}

// mathsWall bounds one comparison; the child is killed beyond it.
const mathsWall = 20 * time.Second

func (r *run) ask(ctx context.Context, m asked, options eval.Options, dir string) (eval.Summary, error) {
	server, err := r.ollama(ctx)
	if err != nil {
		return eval.Summary{}, err
	}
	interpreter, err := r.python(ctx)
	if err != nil {
		return eval.Summary{}, err
	}
	checker, err := maths.Start(ctx, r.machine.Launcher, interpreter, maths.Options{Wall: mathsWall})
	if err != nil {
		return eval.Summary{}, err
	}
	defer checker.Close()
	evaluation := eval.Evaluation{
		Options: options, Model: eval.Model{Tag: m.model.Tag, ModelID: m.model.ModelID},
		Suites: r.plan.Suites, Server: server.Client, Maths: checker, Clock: r.machine.Clock,
		Report: func(p eval.Progress) {
			r.machine.Progress.Update(string(Eval), int64(p.Done), int64(p.Total), p.ETA, fmt.Sprintf("%s, %d passed", m.role, p.Passed))
		},
	}
	if err := sameModel(ctx, server.Client, m.model); err != nil {
		return eval.Summary{}, err
	}
	foreign, err := r.foreign(ctx, server, m.model.GGUF)
	if err != nil {
		return eval.Summary{}, err
	}
	summary, err := evaluation.Run(ctx, dir)
	if err != nil {
		return eval.Summary{}, err
	}
	if err := sameModel(ctx, server.Client, m.model); err != nil {
		return eval.Summary{}, errors.Join(err, os.Remove(filepath.Join(dir, eval.CasesFile)))
	}
	for _, why := range slices.Sorted(maps.Keys(summary.None)) {
		r.machine.Progress.Say("eval: %s: %d of %d cases are no evidence: %s", m.role, summary.None[why], summary.Cases, why)
	}
	if foreign {
		return summary, nil
	}
	return summary, server.Client.Unload(ctx, m.model.Tag)
}

// sameModel makes sure that a tag still is the model that was registered: on a
// shared server somebody else may write the same tag.
func sameModel(ctx context.Context, client *ollama.Client, want register.Registered) error {
	shown, err := client.Show(ctx, want.Tag)
	if err != nil {
		return err
	}
	if id := register.ModelID(shown); id != want.ModelID {
		return fmt.Errorf("%s is another model than the one that was registered (model_id %s, it was %s), so its answers are thrown away (hint: does another runner use the same `name` on this server?)", want.Tag, id[:12], want.ModelID[:12])
	}
	return nil
}

// serverVersion names the program that answers: answers of another are not
// reused.
func (r *run) serverVersion(ctx context.Context) (string, error) {
	if private(r.plan.Config) {
		binary, err := ollama.FindBinary(r.machine.Home, r.machine.LookPath)
		return binary.SHA256, err
	}
	server, err := r.ollama(ctx)
	if err != nil {
		return "", err
	}
	return server.Client.Version(ctx)
}
