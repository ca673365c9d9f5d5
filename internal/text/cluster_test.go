package text

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func sorted(s Set) Set {
	slices.Sort(s)
	return s
}

// clusters groups all of some documents.
func clusters(docs []string, threshold float64) []int {
	d := NewDocuments(threshold)
	all := make([]int, len(docs))
	for i, doc := range docs {
		d.Add(doc)
		all[i] = i
	}
	return d.Clusters(all, func(at int) string { return docs[at] })
}

func TestClusters(t *testing.T) {
	t.Parallel()
	long := "the rule of the chain says that inner and outer derivatives multiply and this holds for every pair of functions that can be composed at a point"
	docs := []string{
		long,
		"An unrelated question about a triangle and its three angles.",
		long + " indeed",
		"",
		"?",
		"AN unrelated   question about a triangle, and its three angles",
	}
	want := []int{0, 1, 0, 3, 3, 1}
	if got := clusters(docs, .85); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := clusters(nil, .85); len(got) != 0 {
		t.Errorf("no documents are in groups %v", got)
	}
}

// The groups are those of comparing every pair, whatever the order.
func TestClustersAgainstAllPairs(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	docs := corpus(random, 400)
	byText := groupsOf(docs, clusters(docs, .85))
	groups := newForest(len(docs))
	sets := make([]Set, len(docs))
	for i, doc := range docs {
		sets[i] = Shingles(doc, ShingleWords)
		for j := range i {
			if Jaccard(sets[i], sets[j]) >= .85 {
				groups.union(i, j)
			}
		}
	}
	if want := groupsOf(docs, groups.labels()); !slices.Equal(byText, want) {
		t.Errorf("bands find\n%v\nall pairs give\n%v", byText, want)
	}
	random.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
	if shuffled := groupsOf(docs, clusters(docs, .85)); !slices.Equal(byText, shuffled) {
		t.Errorf("order matters:\n%v\n%v", byText, shuffled)
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	got := Join([]int{0, 1, 1, 3, 4}, []string{"a", "b", "c", "c", "d"})
	if want := []int{0, 1, 1, 1, 4}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// groupsOf names each group of two or more by its texts.
func groupsOf(docs []string, labels []int) []string {
	members := make(map[int][]string)
	for i, label := range labels {
		members[label] = append(members[label], docs[i])
	}
	var groups []string
	for _, group := range members {
		if len(group) > 1 {
			slices.Sort(group)
			groups = append(groups, strings.Join(group, "|"))
		}
	}
	slices.Sort(groups)
	return groups
}

// corpus makes documents of 20 to 80 words, a third of them a neighbour of an
// earlier one.
func corpus(random *rand.Rand, n int) []string {
	docs := make([]string, n)
	for i := range docs {
		var words []string
		if i > 0 && random.IntN(3) == 0 {
			words = strings.Fields(docs[random.IntN(i)])
			words[random.IntN(len(words))] = "changed"
		} else {
			for range 20 + random.IntN(60) {
				words = append(words, fmt.Sprintf("w%d", random.IntN(500)))
			}
		}
		docs[i] = strings.Join(words, " ")
	}
	return docs
}

func BenchmarkClusters(b *testing.B) {
	docs := corpus(rand.New(rand.NewPCG(7, 8)), 20000)
	for b.Loop() {
		clusters(docs, .85)
	}
	b.ReportMetric(float64(len(docs))*float64(b.N)/b.Elapsed().Seconds(), "docs/s")
}

// Rows of one template: nearly every pair shares a band and none is alike.
func BenchmarkClustersTemplate(b *testing.B) {
	random := rand.New(rand.NewPCG(9, 10))
	fixed := strings.Fields(corpus(random, 1)[0])
	docs := make([]string, 20000)
	for i := range docs {
		words := slices.Clone(fixed)
		words[3], words[7] = fmt.Sprint(random.Uint64()), fmt.Sprint(random.Uint64())
		docs[i] = strings.Join(words, " ")
	}
	for b.Loop() {
		clusters(docs, .85)
	}
	b.ReportMetric(float64(len(docs))*float64(b.N)/b.Elapsed().Seconds(), "docs/s")
}
