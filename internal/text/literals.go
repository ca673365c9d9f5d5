package text

import (
	"slices"
	"strings"
)

// Literals finds exact texts in another.
type Literals struct {
	texts  map[string]bool
	sizes  [256][]int // of those that begin with the byte, the longest first
	starts string     // these first bytes
}

// NewLiterals takes the texts to find; empty ones are ignored.
func NewLiterals(texts []string) Literals {
	l := Literals{texts: map[string]bool{}}
	for _, s := range texts {
		if s == "" {
			continue
		}
		l.texts[s] = true
		l.sizes[s[0]] = append(l.sizes[s[0]], len(s))
	}
	for start, sizes := range l.sizes {
		if sizes == nil {
			continue
		}
		slices.Sort(sizes)
		sizes = slices.Compact(sizes)
		slices.Reverse(sizes)
		l.sizes[start] = sizes
		l.starts += string([]byte{byte(start)})
	}
	return l
}

// Find returns the distinct texts in s, in order of appearance: the longest of several at
// one position, and none inside another.
func (l Literals) Find(s string) (found []string) {
	for at := 0; ; {
		next := l.next(s[at:])
		if next < 0 {
			return found
		}
		at += next
		step := 1
		for _, size := range l.sizes[s[at]] {
			if size <= len(s)-at && l.texts[s[at:at+size]] {
				if !slices.Contains(found, s[at:at+size]) {
					found = append(found, s[at:at+size])
				}
				step = size
				break
			}
		}
		at += step
	}
}

// next returns the index of the first byte that starts a text; -1: none.
func (l Literals) next(s string) int {
	if len(l.starts) == 1 { // as in most tokenizers, whose marks begin with <
		return strings.IndexByte(s, l.starts[0])
	}
	for i := range len(s) {
		if l.sizes[s[i]] != nil {
			return i
		}
	}
	return -1
}
