package forecast

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tunegate/tunegate/internal/dataset"
	"github.com/tunegate/tunegate/internal/eval"
	"github.com/tunegate/tunegate/internal/gate"
	"github.com/tunegate/tunegate/internal/machine"
	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/runs"
	"github.com/tunegate/tunegate/internal/stats"
	"github.com/tunegate/tunegate/internal/step"
	"github.com/tunegate/tunegate/internal/store"
	"github.com/tunegate/tunegate/internal/text"
	"github.com/tunegate/tunegate/internal/train"
)

// maxPast bounds how many earlier results of a kind are read, the latest ones.
const maxPast = 8

// past holds earlier results on this machine, for models of this name on this device.
type past struct {
	home, root   string
	name, device string
	entries      []store.Entry // the latest first
	drafts       []store.DraftInfo
}

func readPast(m machine.Machine, root, name, device string) (past, error) {
	p := past{home: m.Home, root: root, name: name, device: device}
	var err error
	if p.entries, err = m.Store().Entries(); err != nil {
		return past{}, err
	}
	if p.drafts, err = m.Store().Drafts(); err != nil {
		return past{}, err
	}
	made := map[string]int64{}
	for _, entry := range p.entries {
		if info, err := os.Stat(entry.Dir); err == nil {
			made[entry.Dir] = info.ModTime().UnixNano()
		}
	}
	slices.SortStableFunc(p.entries, func(a, b store.Entry) int {
		return int(min(1, max(-1, made[b.Dir]-made[a.Dir])))
	})
	return p, nil
}

// of returns the latest matching results of a kind.
func (p past) of(kind string, like func(store.Entry) bool) (found []store.Entry) {
	for _, entry := range p.entries {
		if entry.Manifest.Stage == kind && entry.Manifest.Value != nil && like(entry) && len(found) < maxPast {
			found = append(found, entry)
		}
	}
	return found
}

// seconds is the median time of the latest matching results; nil without one.
func (p past) seconds(kind string, like func(store.Entry) bool) (seconds *float64, from string) {
	var took []float64
	for _, entry := range p.of(kind, like) {
		took = append(took, entry.Manifest.Seconds)
	}
	if took == nil {
		return nil, ""
	}
	return new(stats.Median(took)), text.Count(len(took), "earlier result")
}

// draft is the folder of an interrupted attempt at a result, or "".
func (p past) draft(at *store.Slot) string {
	if at == nil {
		return ""
	}
	for _, draft := range p.drafts {
		if draft.Stage == at.Stage && draft.Key == at.Key {
			return draft.Dir
		}
	}
	return ""
}

// training holds the figures of an earlier training.
type training struct {
	tokensPerSecond    float64
	beside             float64 // seconds of loading and checks
	memory             int64   // bytes at the peak
	adapter            float64 // bytes of it for each of its ranks
	charactersPerToken float64 // of its rows; 0: they are gone
}

// trainings lists those of the same base at the same quantization.
func (p past) trainings(base, quantization string) (found []training) {
	for _, entry := range p.of(string(step.Train), func(e store.Entry) bool {
		var options train.Options
		return json.Unmarshal(e.Manifest.Options, &options) == nil && options.Quantization == quantization &&
			e.Manifest.Inputs["base"] == base && e.Manifest.Inputs["device"] == p.device
	}) {
		var result train.Result
		var options train.Options
		if entry.Decode(&result) != nil || json.Unmarshal(entry.Manifest.Options, &options) != nil || result.Seconds <= 0 || result.Tokens <= 0 {
			continue
		}
		t := training{
			tokensPerSecond: float64(result.Tokens) / result.Seconds,
			beside:          max(0, entry.Manifest.Seconds-result.Seconds*(1+sanityShare(entry, options, result))), // a resumed one counts its last attempt alone
			memory:          result.PeakMemoryBytes,
		}
		if weights, err := entry.File(train.AdapterFile); err == nil && options.LoRA.R > 0 {
			t.adapter = float64(weights.Size) / float64(options.LoRA.R)
		}
		if text := p.text(entry.Manifest.Inputs["train.jsonl"]); text > 0 {
			passes := float64(result.Steps) / float64(max(1, options.Schedule(result.TrainRows).PerEpoch))
			t.charactersPerToken = float64(text) * passes / float64(result.Tokens)
		}
		found = append(found, t)
	}
	return found
}

// sanityShare is the length of an earlier training's sanity run relative to the full run.
func sanityShare(entry store.Entry, options train.Options, result train.Result) float64 {
	if !train.HasSanityRun(entry.Manifest.Inputs) || result.Steps == 0 {
		return 0
	}
	return float64(options.Schedule(result.TrainRows).Sanity) / float64(result.Steps)
}

// text counts the characters of the rows with this digest; 0 if they are gone.
func (p past) text(digest string) int {
	for _, entry := range p.of(string(step.Dataset), func(e store.Entry) bool {
		file, err := e.File("train.jsonl")
		return err == nil && file.SHA256 == digest
	}) {
		if text, err := characters(entry.Path("train.jsonl")); err == nil {
			return text
		}
	}
	return 0
}

// characters counts those of the messages in a file of rows.
func characters(path string) (int, error) {
	text := 0
	for row, err := range dataset.Rows(path) {
		if err != nil {
			return 0, err
		}
		for _, message := range row.Messages {
			text += utf8.RuneCountInString(message.Content)
		}
	}
	return text, nil
}

// trainedSteps is the step of the newest checkpoint of an interrupted training.
func (f *forecaster) trainedSteps(at *store.Slot) int {
	latest := 0
	dir := f.past.draft(at)
	if dir == "" || f.options.Force == step.Train {
		return 0
	}
	for _, state := range glob(filepath.Join(dir, "checkpoints", "checkpoint-*", "trainer_state.json")) {
		step, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(filepath.Dir(state)), "checkpoint-"))
		if err == nil {
			latest = max(latest, step)
		}
	}
	return latest
}

// glob lists the files that match a well-formed pattern.
func glob(pattern string) []string {
	found, _ := filepath.Glob(pattern)
	return found
}

// evaluation holds the figures of an earlier evaluation.
type evaluation struct {
	perQuestion float64 // seconds
	beside      float64 // seconds of starting the server, loading and grading
}

// evaluations lists those of models of this name.
func (p past) evaluations() (found []evaluation) {
	ours := map[string]bool{}
	for _, entry := range p.of(string(step.Register), p.ours) {
		var registered register.Registered
		if entry.Decode(&registered) == nil {
			ours[registered.ModelID] = true
		}
	}
	for _, entry := range p.of(string(step.Eval), func(e store.Entry) bool {
		return ours[e.Manifest.Inputs["model_id"]] && e.Manifest.Inputs["device"] == p.device
	}) {
		cases, err := eval.LoadCases(entry.Path(eval.CasesFile))
		if err != nil {
			continue
		}
		var answering float64
		questions := 0
		for _, c := range cases {
			for _, turn := range c.Turns {
				questions++
				answering += float64(turn.MS) / 1000
			}
		}
		if questions > 0 {
			found = append(found, evaluation{answering / float64(questions), max(0, entry.Manifest.Seconds-answering)})
		}
	}
	return found
}

// ours says whether a registration belongs to a model of this name.
func (p past) ours(entry store.Entry) bool {
	var registered register.Registered
	return entry.Decode(&registered) == nil &&
		(strings.HasPrefix(registered.Tag, p.name+":") || strings.HasPrefix(registered.Tag, p.name+"-"))
}

// noise is the share of cases, by suite, that cancelled out in the latest verdicts on
// this repository, and the number of these verdicts. Runs that compared the same answers
// count once.
func (p past) noise() (noise map[string]float64, verdicts int) {
	records, err := runs.All(p.home)
	if err != nil {
		return nil, 0
	}
	noise, pairs := map[string]float64{}, map[string]float64{}
	seen := map[string]bool{}
	for _, record := range slices.Backward(records) {
		if record.Repository != p.root || record.Outcome == "" || verdicts == maxPast {
			continue
		}
		verdict, err := gate.Load(filepath.Join(runs.Folder(p.home, record.ID), string(step.Gate), "verdict.json"))
		if err != nil || verdict.ModelID == "" {
			continue
		}
		if answers := record.Answers(); answers != "" {
			if seen[answers] {
				continue
			}
			seen[answers] = true
		}
		verdicts++
		for _, rule := range verdict.Rules {
			if rule.N > 0 && (rule.Rule == gate.NoHarm || rule.Rule == gate.Observed) {
				noise[rule.Suite] += rule.Noise() * float64(rule.N)
				pairs[rule.Suite] += float64(rule.N)
			}
		}
	}
	for suite := range noise {
		noise[suite] /= pairs[suite]
	}
	return noise, verdicts
}
