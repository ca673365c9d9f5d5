package dataset

// exactDuplicate finds a conversation that another row has word for word.
var exactDuplicate = check{
	name: "exact_duplicate", CheckOptions: CheckOptions{Level: Warn}, leavesOut: true,
	about: "another row has the same conversation, and the first one counts; a source's weight repeats rows.",
	pair: &pairCheck{
		key: func(e entry) string { return string(e.digest[:]) },
		compare: func(first, _ entry) []problem {
			p := whole("the same conversation as in "+first.record.Where()+"; one of them is left out", "drop this one; a source's weight repeats rows")
			p.see = first.record.FileLine()
			return []problem{p}
		},
	},
}
