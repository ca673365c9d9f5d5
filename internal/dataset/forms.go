package dataset

// form is one way in which a record holds its conversation.
type form struct {
	// fits says of a record's fields whether they are of this form.
	fits func(n *normalizer) bool
	// read fills in the turns, or reports what is in the way.
	read func(n *normalizer)
}

// forms are the ones that are read. The first that fits is taken, and the last
// one fits always.
var forms = []form{chatForm, pairForm}
