package dataset

// exactDuplicate finds a conversation that an earlier row has word for word.
var exactDuplicate = check{
	name: "exact_duplicate", CheckOptions: CheckOptions{Level: Warn}, leavesOut: true,
	about: "an earlier row has the same conversation; a source's weight repeats rows.",
	pair: &pairCheck{
		key: func(e entry) string { return string(e.digest[:]) },
		compare: func(first, _ entry) []problem {
			p := whole("the same conversation as in "+first.record.where()+"; this one is left out", "drop it; a source's weight repeats rows")
			p.see = first.record.where()
			return []problem{p}
		},
	},
}
