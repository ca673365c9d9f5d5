package text

import (
	"cmp"
	"slices"
	"strings"
)

// Literals finds texts in another as they are written, letter by letter.
type Literals struct {
	by     map[byte][]string // by the first byte, the longest first
	starts string            // these first bytes
}

// NewLiterals takes the texts to find; empty ones are left out.
func NewLiterals(texts []string) Literals {
	l := Literals{by: map[byte][]string{}}
	for _, s := range texts {
		if s == "" || slices.Contains(l.by[s[0]], s) {
			continue
		}
		if l.by[s[0]] == nil {
			l.starts += s[:1]
		}
		l.by[s[0]] = append(l.by[s[0]], s)
	}
	for _, same := range l.by {
		slices.SortFunc(same, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	}
	return l
}

// Find gives the different texts that s holds, in the order in which they stand there:
// where several begin at one place the longest, and none inside another.
func (l Literals) Find(s string) (found []string) {
	for at := 0; ; {
		next := l.next(s[at:])
		if next < 0 {
			return found
		}
		at += next
		size := 1
		for _, candidate := range l.by[s[at]] {
			if strings.HasPrefix(s[at:], candidate) {
				if !slices.Contains(found, candidate) {
					found = append(found, candidate)
				}
				size = len(candidate)
				break
			}
		}
		at += size
	}
}

// next is the place of the first byte with which a text begins; -1: there is none.
func (l Literals) next(s string) int {
	if len(l.starts) == 1 { // as in most tokenizers, whose marks begin with <
		return strings.IndexByte(s, l.starts[0])
	}
	first := -1
	for i := range len(l.starts) {
		if at := strings.IndexByte(s, l.starts[i]); at >= 0 {
			first, s = at, s[:at]
		}
	}
	return first
}
