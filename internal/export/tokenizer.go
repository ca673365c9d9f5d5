package export

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tunegate/tunegate/internal/base"
)

// byteLevelBPE is a family's byte-level BPE: GPT-2's with different split rules.
type byteLevelBPE struct {
	family string            // name of the family, for messages
	splits map[string]string // llama.cpp's name of a split rule, by pattern
}

// check refuses what llama.cpp would tokenize differently and returns the name of the
// split rule. It accepts the NFC normalizer, though llama.cpp has none: text that is
// already NFC, as nearly all is, is tokenized the same.
func (b byteLevelBPE) check(folder base.Folder, t base.Tokenizer) (pre string, err error) {
	file := base.TokenizerFile
	for _, a := range t.Added {
		if a.LeftStrip || a.RightStrip || a.SingleWord {
			file, err = a.File, fmt.Errorf("added token %q sets lstrip, rstrip or single_word", a.Content)
			break
		}
	}
	if err == nil {
		err = checkParts(t)
	}
	if err == nil {
		pre, err = splitRule(*t.PreTokenizer, b.splits)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w (hint: choose another base: only %s's tokenizer is supported so far)", folder.Path(file), err, b.family)
	}
	return pre, err
}

func checkParts(t base.Tokenizer) error {
	m := t.Model
	switch {
	case m.Type != "BPE":
		return fmt.Errorf("model.type is %q, not BPE", m.Type)
	case m.Dropout != nil || m.UnkToken != nil || m.Prefix != "" || m.Suffix != "" || m.ByteFallback || m.IgnoreMerges:
		return errors.New("model sets one of dropout, unk_token, continuing_subword_prefix, end_of_word_suffix, byte_fallback, ignore_merges")
	case t.Normalizer != nil && t.Normalizer.Type != "NFC":
		return fmt.Errorf("unknown normalizer %q", t.Normalizer.Type)
	case t.PostProcessor.Adds():
		return fmt.Errorf("unknown post_processor %q", t.PostProcessor.Type)
	case t.PreTokenizer == nil:
		return errors.New("no pre_tokenizer")
	}
	return nil
}

// splitRule returns llama.cpp's name of the rule, one of splits.
func splitRule(p base.PreTokenizer, splits map[string]string) (string, error) {
	kinds := []string{p.Type}
	for _, part := range p.Parts {
		kinds = append(kinds, part.Type)
	}
	if !slices.Equal(kinds, []string{"Sequence", "Split", "ByteLevel"}) {
		return "", fmt.Errorf("unknown pre_tokenizer %q", kinds)
	}
	split, bytes := p.Parts[0], p.Parts[1]
	if split.Behavior != "Isolated" || split.Invert || bytes.AddPrefixSpace || bytes.UseRegex {
		return "", errors.New("unknown settings in the pre_tokenizer's Split or ByteLevel")
	}
	name, ok := splits[split.Pattern.Regex]
	if !ok {
		return "", fmt.Errorf("unknown pre_tokenizer pattern %q", split.Pattern.Regex)
	}
	return name, nil
}
