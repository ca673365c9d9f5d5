package maths

import "strings"

// delimiters enclose mathematics in an answer.
var delimiters = [][2]string{{"$", "$"}, {`\(`, `\)`}, {`\boxed{`, "}"}}

// maxValue bounds a value, in bytes.
const maxValue = 80

// Value returns the value at the end of an answer: the last mathematics between
// delimiters in its last line, at most 80 bytes.
func Value(answer string) (value string, found bool) {
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

// between returns the mathematics at the start of a text, and the rest.
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
