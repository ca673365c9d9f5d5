package dataset

const checkNear = "near_duplicate"

// nearDuplicate finds rows that say another one again in nearly its words.
var nearDuplicate = check{
	name: checkNear, CheckOptions: CheckOptions{Level: Warn, Threshold: 0.85},
	about: "another row has nearly the same words (Jaccard similarity of what both say).",
	set: func(rows []kept) map[int]problem {
		all := make(map[int]problem)
		for i, k := range rows {
			if k.like != i {
				other := rows[k.like]
				p := whole("nearly the same words as in "+other.Where(), "rephrase it, or drop one of them")
				p.see = other.FileLine()
				all[i] = p
			}
		}
		return all
	},
}

// labelNear gives rows that are alike a label in common, the position of the first of
// them. The split keeps them together also where the check is off. What each is like
// is the first that the base has already: a change never makes old rows say each other
// again, which they do where they did so without it.
func (x *examination) labelNear() {
	const none = -1
	first := make([]int, len(x.entries)) // the first old row, by label
	mixed := make([]bool, len(x.entries))
	labels := x.clusters(positions(len(x.entries)))
	for i := range first {
		first[i] = none
	}
	for i, label := range labels {
		switch {
		case x.entries[i].Added:
			mixed[label] = true
		case first[label] == none:
			first[label] = i
		}
	}
	var old []int // rows of labels that added ones have too
	for i, label := range labels {
		k := &x.entries[i]
		k.near, k.like = label, label
		if first[label] != none {
			k.like = first[label]
		}
		if mixed[label] && !k.Added {
			old = append(old, i)
		}
	}
	for at, label := range x.clusters(old) {
		x.entries[old[at]].like = old[label]
	}
}

// clusters groups some of the rows, by their positions.
func (x *examination) clusters(rows []int) []int {
	documents := make([]int, len(rows))
	for at, i := range rows {
		documents[at] = x.entries[i].doc
	}
	return x.documents.Clusters(documents, func(at int) string { return x.entry(rows[at]).wording() })
}

// positions are 0 to below n.
func positions(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
