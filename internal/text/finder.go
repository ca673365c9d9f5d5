package text

import "slices"

// Finder finds texts that are similar to one of a few known ones.
type Finder struct {
	known []Set
	n     int
	least float64
	// seen has a bit for each n-gram of the known texts, by the low bits of its
	// hash: most n-grams of most texts are told apart by it alone.
	seen [seenBits / 64]uint64
}

const seenBits = 1 << 16

// NewFinder compares word n-grams; least is the minimum Jaccard similarity, above 0 and
// at most 1.
func NewFinder(known []string, n int, least float64) *Finder {
	f := &Finder{known: make([]Set, len(known)), n: n, least: least}
	for i, s := range known {
		f.known[i] = Shingles(s, n)
		for _, gram := range f.known[i] {
			f.seen[gram%seenBits/64] |= 1 << (gram % 64)
		}
	}
	return f
}

// Find calls found with the index of each known text similar to s, and their Jaccard
// similarity.
func (f *Finder) Find(s string, found func(known int, similarity float64)) {
	if len(f.known) == 0 {
		return
	}
	grams := ngrams(Words(s), f.n)
	var hits Set
	for _, gram := range grams {
		if f.seen[gram%seenBits/64]>>(gram%64)&1 == 1 {
			hits = append(hits, gram)
		}
	}
	slices.Sort(hits)
	hits = slices.Compact(hits)
	for i, known := range f.known {
		common := shared(known, hits, 0)
		if common == 0 {
			continue
		}
		// J = c/(len(known)+d-c) >= t  <=>  d <= c/t + c - len(known), d the number
		// of distinct n-grams.
		most := int(float64(common)/f.least) + common - len(known)
		if most < common {
			continue
		}
		if size := distinct(grams, most); size <= most {
			found(i, float64(common)/float64(len(known)+size-common))
		}
	}
}

// distinct counts the distinct n-grams, up to most+1.
func distinct(grams []uint64, most int) int {
	seen := make(map[uint64]bool, most)
	for _, gram := range grams {
		if seen[gram] = true; len(seen) > most {
			break
		}
	}
	return len(seen)
}
