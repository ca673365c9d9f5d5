package pipeline

import (
	"unicode/utf8"

	"github.com/tunegate/tunegate/internal/train"
)

const (
	// usualCharactersPerToken is that of English text in the vocabularies of
	// today's models.
	usualCharactersPerToken = 4
	gigabyte                = 1e9
)

// charactersPerToken is that of earlier trainings of this base here, else that
// of the suites' prompts as its tokenizer renders them, else the usual one.
func charactersPerToken(base plannedBase, earlier []training) (ratio float64, from string) {
	var measured []float64
	for _, t := range earlier {
		if t.charactersPerToken > 0 {
			measured = append(measured, t.charactersPerToken)
		}
	}
	if measured != nil {
		return median(measured), "as in " + times(len(measured), "earlier training")
	}
	text, tokens := 0, 0
	for _, prompt := range base.rendered.Prompts {
		tokens += prompt.Tokens
		for _, message := range prompt.Messages {
			text += utf8.RuneCountInString(message.Content)
		}
	}
	if tokens > 0 {
		return float64(text) / float64(tokens), "as in the suites' prompts"
	}
	return usualCharactersPerToken, "the usual number"
}

// trainingTime is what a training on so many tokens takes; nil where none was
// done here.
func trainingTime(earlier []training, tokens float64) (seconds *float64, from string) {
	var speeds, beside []float64
	for _, t := range earlier {
		speeds, beside = append(speeds, t.tokensPerSecond), append(beside, t.beside)
	}
	if speeds == nil {
		return nil, ""
	}
	return new(median(beside) + tokens/median(speeds)), times(len(earlier), "earlier training")
}

// trainingMemory is the largest peak of earlier trainings here, else train's
// rule of thumb.
func trainingMemory(base plannedBase, quantization string, earlier []training) (bytes int64, from string) {
	for _, t := range earlier {
		bytes = max(bytes, t.memory)
	}
	if bytes > 0 {
		return bytes, "the most of " + times(len(earlier), "earlier training")
	}
	return train.Memory(quantization, base.parameters()), "by a rule of thumb"
}

// servingMemory is that of a 16-bit GGUF and a gigabyte for its context.
func servingMemory(base plannedBase) int64 { return base.size + gigabyte }

// trainingDisk is what a training takes at its height: the adapter and two
// checkpoints of it with the optimizer's two moments, all of 4 bytes a number. An
// adapter is as large as an earlier one of its rank; at rank 16 on all linear
// layers it has .6 % of the parameters of a base of 7 billion, and a larger share
// of a smaller one.
func trainingDisk(base plannedBase, rank int, earlier []training) int64 {
	ofRank := 0.006 / 16 * 4 * float64(base.parameters())
	for _, t := range earlier {
		ofRank = max(ofRank, t.adapter)
	}
	const copies = 1 + 2*3
	return int64(copies * ofRank * float64(rank))
}

// evaluationTime is what so many questions to so many models take; nil where
// none was asked here.
func evaluationTime(earlier []asking, questions float64, models int) (seconds *float64, from string) {
	var each, beside []float64
	for _, a := range earlier {
		each, beside = append(each, a.perQuestion), append(beside, a.beside)
	}
	if each == nil {
		return nil, ""
	}
	return new(median(each)*questions + median(beside)*float64(models)), times(len(earlier), "earlier evaluation")
}
