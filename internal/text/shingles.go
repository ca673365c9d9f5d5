package text

import (
	"slices"

	"github.com/zeebo/xxh3"
)

// Set holds the hashes of a text's distinct word n-grams in ascending order.
type Set []uint64

// Shingles hashes the word n-grams of a text. A text of fewer than n words, but at least
// one, is a single n-gram.
func Shingles(s string, n int) Set {
	grams := ngrams(Words(s), n)
	slices.Sort(grams)
	return slices.Compact(grams)
}

// Jaccard is the size of the intersection over that of the union, 0 to 1. For two empty
// sets it is 1.
func Jaccard(a, b Set) float64 {
	common := shared(a, b, 0)
	union := len(a) + len(b) - common
	if union == 0 {
		return 1
	}
	return float64(common) / float64(union)
}

// alike reports Jaccard(a, b) >= threshold, and stops once that is impossible.
func alike(a, b Set, threshold float64) bool {
	// J = c/(len(a)+len(b)-c) >= t  <=>  c >= t/(1+t) * (len(a)+len(b))
	needed := int(threshold / (1 + threshold) * float64(len(a)+len(b)))
	return shared(a, b, needed) >= needed && Jaccard(a, b) >= threshold
}

// shared counts common elements; it stops early, below needed, once needed is
// impossible.
func shared(a, b Set, needed int) int {
	common, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			common++
			i++
			j++
			continue
		case a[i] < b[j]:
			i++
		default:
			j++
		}
		if common+min(len(a)-i, len(b)-j) < needed {
			return common
		}
	}
	return common
}

// Repetition is the share, 0 to 1, of the word n-grams of a that also occur in b, with
// duplicates in a counted. If a has fewer than n words, they are one n-gram; without
// words the share is 0.
func Repetition(a, b string, n int) float64 {
	words := Words(a)
	if len(words) == 0 {
		return 0
	}
	n = min(n, len(words))
	said := ngrams(Words(b), n)
	slices.Sort(said)
	grams := ngrams(words, n)
	repeated := 0
	for _, gram := range grams {
		if _, found := slices.BinarySearch(said, gram); found {
			repeated++
		}
	}
	return float64(repeated) / float64(len(grams))
}

func ngrams(words []string, n int) []uint64 {
	if len(words) == 0 {
		return nil
	}
	n = min(n, len(words))
	hashes := make([]uint64, len(words))
	for i, word := range words {
		hashes[i] = xxh3.HashString(word)
	}
	grams := make([]uint64, len(words)-n+1)
	for i := range grams {
		gram := uint64(n)
		for _, hash := range hashes[i : i+n] {
			gram = mix(gram ^ hash)
		}
		grams[i] = gram
	}
	return grams
}

// mix is the finalizer of SplitMix64 (Steele, Lea, Flood, 2014): a bijection in
// which every input bit reaches every output bit.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
