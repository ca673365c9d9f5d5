package forecast

import (
	"unicode/utf8"

	"github.com/tunegate/tunegate/internal/register"
	"github.com/tunegate/tunegate/internal/stats"
	"github.com/tunegate/tunegate/internal/text"
	"github.com/tunegate/tunegate/internal/train"
)

const (
	// typicalCharactersPerToken is that of English text in current vocabularies.
	typicalCharactersPerToken = 4
	gigabyte                  = 1e9
)

// charactersPerToken is that of earlier trainings of this base on this machine, else
// that of the suites' prompts with its tokenizer, else a typical one.
func charactersPerToken(rendered register.Rendering, earlier []training) (ratio float64, from string) {
	var measured []float64
	for _, t := range earlier {
		if t.charactersPerToken > 0 {
			measured = append(measured, t.charactersPerToken)
		}
	}
	if measured != nil {
		return stats.Median(measured), "as in " + text.Count(len(measured), "earlier training")
	}
	text, tokens := 0, 0
	for _, prompt := range rendered.Prompts {
		tokens += prompt.Tokens
		for _, message := range prompt.Messages {
			text += utf8.RuneCountInString(message.Content)
		}
	}
	if tokens > 0 {
		return float64(text) / float64(tokens), "as in the suites' prompts"
	}
	return typicalCharactersPerToken, "typical"
}

// trainingTime is the time of a training on the given tokens; nil without an earlier
// training on this machine.
func trainingTime(earlier []training, tokens float64) (seconds *float64, from string) {
	var speeds, beside []float64
	for _, t := range earlier {
		speeds, beside = append(speeds, t.tokensPerSecond), append(beside, t.beside)
	}
	if speeds == nil {
		return nil, ""
	}
	return new(stats.Median(beside) + tokens/stats.Median(speeds)), text.Count(len(earlier), "earlier training")
}

// trainingMemory is the largest peak of earlier trainings on this machine, else train's
// estimate.
func trainingMemory(parameters int64, quantization string, earlier []training) (bytes int64, from string) {
	for _, t := range earlier {
		bytes = max(bytes, t.memory)
	}
	if bytes > 0 {
		return bytes, "the peak of " + text.Count(len(earlier), "earlier training")
	}
	return train.Memory(quantization, parameters), "rule of thumb"
}

// servingMemory is that of a 16-bit GGUF and a gigabyte for its context.
func servingMemory(size int64) int64 { return size + gigabyte }

// measuredRank is the largest size in bytes per rank of earlier adapters; 0: there is
// none.
func measuredRank(earlier []training) (bytes float64) {
	for _, t := range earlier {
		bytes = max(bytes, t.adapter)
	}
	return bytes
}

// evaluationTime is the time to ask the models the given number of questions; nil without
// an earlier evaluation on this machine.
func evaluationTime(earlier []evaluation, questions float64, models int) (seconds *float64, from string) {
	var each, beside []float64
	for _, a := range earlier {
		each, beside = append(each, a.perQuestion), append(beside, a.beside)
	}
	if each == nil {
		return nil, ""
	}
	return new(stats.Median(each)*questions + stats.Median(beside)*float64(models)), text.Count(len(earlier), "earlier evaluation")
}
