package page

import (
	"strings"
	"unicode"
)

// piece is a part of an answer. Differs says that the other answer lacks it.
type piece struct {
	Text    string
	Differs bool
}

// contrastMost bounds the tokens of each answer that are compared one by one, without
// the common prefix and suffix.
const contrastMost = 400

// tokens cuts an answer into words and numbers, white space, and single other
// characters.
func tokens(answer string) (cut []string) {
	const space, word, other = 1, 2, 3
	start, before := 0, 0
	for i, r := range answer {
		kind := other
		switch {
		case unicode.IsSpace(r):
			kind = space
		case unicode.In(r, unicode.L, unicode.M, unicode.N):
			kind = word
		}
		if i > 0 && (kind != before || kind == other) {
			cut = append(cut, answer[start:i])
			start = i
		}
		before = kind
	}
	if answer != "" {
		cut = append(cut, answer[start:])
	}
	return cut
}

// contrast marks in two answers what the other one lacks, by their longest common
// subsequence of tokens. In answers that share less than a third of their tokens, white
// space aside, nothing is marked: it would be nearly everything.
func contrast(a, b string) (left, right []piece) {
	plain := func() ([]piece, []piece) { return []piece{{Text: a}}, []piece{{Text: b}} }
	x, y := tokens(a), tokens(b)
	begin := 0
	for begin < min(len(x), len(y)) && x[begin] == y[begin] {
		begin++
	}
	end := 0
	for end < min(len(x), len(y))-begin && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	inX, inY := x[begin:len(x)-end], y[begin:len(y)-end]
	if len(inX)+len(inY) == 0 || max(len(inX), len(inY)) > contrastMost {
		return plain()
	}
	keptX, keptY := common(inX, inY)
	shared := words(x[:begin]) + words(x[len(x)-end:])
	for i, kept := range keptX {
		if kept {
			shared += words(inX[i : i+1])
		}
	}
	if 3*shared < max(words(x), words(y)) {
		return plain()
	}
	return pieces(a, x, begin, keptX), pieces(b, y, begin, keptY)
}

// words counts the tokens that are not white space.
func words(tokens []string) (n int) {
	for _, text := range tokens {
		if strings.TrimSpace(text) != "" {
			n++
		}
	}
	return n
}

// common marks the tokens of the longest common subsequence.
func common(x, y []string) (inX, inY []bool) {
	width := len(y) + 1
	length := make([]uint16, (len(x)+1)*width) // of the tails from i and j on
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				length[i*width+j] = length[(i+1)*width+j+1] + 1
			} else {
				length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
			}
		}
	}
	inX, inY = make([]bool, len(x)), make([]bool, len(y))
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			inX[i], inY[j] = true, true
			i++
			j++
		case length[(i+1)*width+j] >= length[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return inX, inY
}

// pieces cuts an answer where its tokens start or stop differing; kept covers those from
// begin on. White space between two tokens that differ differs too.
func pieces(answer string, tokens []string, begin int, kept []bool) (cut []piece) {
	differs := make([]bool, len(tokens))
	for i, keep := range kept {
		differs[begin+i] = !keep
	}
	for i := 1; i < len(tokens)-1; i++ {
		if differs[i-1] && differs[i+1] && strings.TrimSpace(tokens[i]) == "" {
			differs[i] = true
		}
	}
	var start, end int
	for i, text := range tokens {
		end += len(text)
		if i+1 == len(tokens) || differs[i+1] != differs[i] {
			cut = append(cut, piece{answer[start:end], differs[i]})
			start = end
		}
	}
	return cut
}
