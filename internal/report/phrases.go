package report

import "strings"

// mark stands around the names in a sentence of the page. No given text can
// hold it: clean drops control characters.
const mark = "\x00"

// phrase is a part of a sentence: our words, or a name.
type phrase struct {
	Text string
	Name bool
}

// phrases cuts a sentence that was written in the style marked. Its first word,
// where it is ours, gets a capital.
func phrases(sentence string) (parts []phrase) {
	for i, text := range strings.Split(sentence, mark) {
		if i == 0 && text != "" {
			text = strings.ToUpper(text[:1]) + text[1:]
		}
		if text != "" {
			parts = append(parts, phrase{text, i%2 == 1})
		}
	}
	return parts
}
