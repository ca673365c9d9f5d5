package maths

import "strings"

// delimiters are what mathematics in an answer stands between.
var delimiters = [][2]string{{"$", "$"}, {`\(`, `\)`}, {`\boxed{`, "}"}}

// maxValue bounds a value, in bytes.
const maxValue = 80

// Value is the value that an answer ends in: the last mathematics between
// delimiters of its last line, at most 80 bytes.
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
