package text

import (
	"cmp"
	"slices"
)

// ShingleWords is the length of the word runs by which Clusters compares.
const ShingleWords = 3

// bucketReach bounds the work on hostile or templated texts: of the documents
// that share a band, each is compared with this many before it. They stand in
// the order of the following band, so that the most alike are near.
const bucketReach = 32

// Clusters groups documents that are nearly the same: two whose word 3-grams
// have a Jaccard similarity of at least threshold (0 to 1) are in one group, and
// so are the neighbours of neighbours. A document's label is the lowest index in
// its group. Pairs are found by MinHash bands, which miss about one in a thousand
// at the threshold and fewer above, and are then compared exactly; whether two
// documents are joined directly depends on nothing but their texts, as long as
// no more than 32 documents share a band.
func Clusters(docs []string, threshold float64) []int {
	rows := bandRows(threshold)
	sets := make([]Set, len(docs))
	bands := make([][]uint64, len(docs))
	for i, doc := range docs {
		sets[i] = Shingles(doc, ShingleWords)
		bands[i] = sign(sets[i]).bands(rows)
	}
	type member struct {
		band, next uint64
		doc        int
	}
	groups := newForest(len(docs))
	members := make([]member, len(docs))
	for number := range lanes / rows {
		for i := range docs {
			members[i] = member{bands[i][number], bands[i][(number+1)%len(bands[i])], i}
		}
		slices.SortFunc(members, func(a, b member) int {
			return cmp.Or(cmp.Compare(a.band, b.band), cmp.Compare(a.next, b.next), cmp.Compare(a.doc, b.doc))
		})
		start := 0
		for i, m := range members {
			if m.band != members[start].band {
				start = i
			}
			for _, other := range members[max(start, i-bucketReach):i] {
				if groups.root(m.doc) != groups.root(other.doc) && alike(sets[m.doc], sets[other.doc], threshold) {
					groups.union(m.doc, other.doc)
				}
			}
		}
	}
	return groups.labels()
}

// Join gives the groups that arise when everything that shares a label in a, or
// shares one in b, belongs together. Labels are the lowest index in a group.
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
