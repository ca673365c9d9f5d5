package dataset

import "github.com/tunegate/tunegate/internal/text"

const checkNear = "near_duplicate"

// nearDuplicate finds rows that say an earlier one again in nearly its words.
var nearDuplicate = check{
	name: checkNear, CheckOptions: CheckOptions{Level: Warn, Threshold: 0.85},
	about: "an earlier row has nearly the same words (Jaccard similarity of what both say).",
	set: func(rows []entry) map[int]problem {
		all := make(map[int]problem)
		for i, e := range rows {
			if e.near != i {
				first := rows[e.near].record.where()
				p := whole("nearly the same words as in "+first, "say it in another way, or drop one of them")
				p.see = first
				all[i] = p
			}
		}
		return all
	},
}

// labelNear gives rows that are alike a label in common, the position of the
// first of them. The split keeps them together also where the check is off.
func labelNear(rows []entry, threshold float64) {
	docs := make([]string, len(rows))
	for i, e := range rows {
		docs[i] = e.wording()
	}
	for i, label := range text.Clusters(docs, threshold) {
		rows[i].near = label
	}
}
