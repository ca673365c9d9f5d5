package text

import (
	"cmp"
	"slices"
)

// ShingleWords is the length of the word n-grams that Clusters compares.
const ShingleWords = 3

// bucketReach limits the work on hostile or templated texts: each document that shares a
// band is compared with this many before it. They are ordered by the following band, so
// that the most similar are close.
const bucketReach = 32

// heldGrams limits the n-grams in memory, 8 bytes each: those of further documents are
// recomputed when two must be compared.
const heldGrams = 1 << 20

// Documents are texts to cluster, of which little more than a signature is kept.
type Documents struct {
	threshold float64
	rows      int      // lanes of a band
	bands     []uint64 // lanes/rows of each document
	sets      []Set    // of the first documents
	held      int      // n-grams of sets
}

// NewDocuments returns an empty set. The threshold is for Clusters, above 0 and at most 1.
func NewDocuments(threshold float64) *Documents {
	return &Documents{threshold: threshold, rows: bandRows(threshold)}
}

// Add adds the next document.
func (d *Documents) Add(doc string) {
	set := Shingles(doc, ShingleWords)
	d.bands = sign(set).appendBands(d.bands, d.rows)
	if d.held < heldGrams {
		d.sets, d.held = append(d.sets, slices.Clip(set)), d.held+len(set)
	}
}

// Len returns the number of documents.
func (d *Documents) Len() int { return len(d.bands) / (lanes / d.rows) }

// Clusters clusters near-duplicates among the documents `of`, numbered from 0 as added:
// two whose word 3-grams have a Jaccard similarity of at least the threshold are in one
// cluster, and so are neighbours of neighbours. A document's label is the lowest
// position in `of` in its cluster. Pairs are found by
// MinHash bands, which miss about one in a thousand at the threshold and fewer above,
// and are then compared exactly; whether two documents are joined directly depends on
// nothing but their texts, as long as no more than 32 documents share a band. The
// texts of some are asked for again, by that position.
func (d *Documents) Clusters(of []int, doc func(int) string) []int {
	type member struct {
		band, next uint64
		at         int // in of
	}
	count := lanes / d.rows
	band := func(at, number int) uint64 { return d.bands[of[at]*count+number%count] }
	groups := newForest(len(of))
	members := make([]member, len(of))
	near := make(map[int]Set) // of the members that share a band
	set := func(at int) Set {
		if of[at] < len(d.sets) {
			return d.sets[of[at]]
		}
		if _, made := near[at]; !made {
			near[at] = Shingles(doc(at), ShingleWords)
		}
		return near[at]
	}
	for number := range count {
		for at := range of {
			members[at] = member{band(at, number), band(at, number+1), at}
		}
		slices.SortFunc(members, func(a, b member) int {
			return cmp.Or(cmp.Compare(a.band, b.band), cmp.Compare(a.next, b.next), cmp.Compare(a.at, b.at))
		})
		start := 0
		for i, m := range members {
			if m.band != members[start].band {
				start = i
				clear(near)
			}
			from := max(start, i-bucketReach)
			for _, other := range members[from:i] {
				if groups.root(m.at) != groups.root(other.at) && alike(set(m.at), set(other.at), d.threshold) {
					groups.union(m.at, other.at)
				}
			}
			if from > start {
				delete(near, members[from].at)
			}
		}
		clear(near)
	}
	return groups.labels()
}

// Join merges two clusterings: whatever shares a label in a or in b is in one cluster.
// Labels are the lowest index in a cluster.
func Join[A, B comparable](a []A, b []B) []int {
	groups := newForest(len(a))
	firstA, firstB := make(map[A]int), make(map[B]int)
	for i := range a {
		groups.union(i, first(firstA, a[i], i))
		groups.union(i, first(firstB, b[i], i))
	}
	return groups.labels()
}

func first[K comparable](seen map[K]int, key K, index int) int {
	if earlier, ok := seen[key]; ok {
		return earlier
	}
	seen[key] = index
	return index
}

// forest is a union-find structure whose roots are the lowest index of a group.
type forest []int

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = i
	}
	return f
}

func (f forest) root(i int) int {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

func (f forest) union(i, j int) {
	i, j = f.root(i), f.root(j)
	f[max(i, j)] = min(i, j)
}

func (f forest) labels() []int {
	labels := make([]int, len(f))
	for i := range f {
		labels[i] = f.root(i)
	}
	return labels
}
