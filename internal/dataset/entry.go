package dataset

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/tunegate/tunegate/internal/chat"
	"github.com/tunegate/tunegate/internal/rawjson"
	"github.com/tunegate/tunegate/internal/records"
	"github.com/tunegate/tunegate/internal/text"
)

// entry is the one form that all kinds of records come to. Texts are as in the
// record but for white space around them: no Unicode normalization, line ends kept.
type entry struct {
	record   records.Record
	earlier  []chat.Turn
	question string
	answer   string
	tags     map[string]string
	digest   [sha256.Size]byte // of the conversation without system prompt
}

// messages lays the entry out as it is asked and answered.
func (e entry) messages(system string) []chat.Message {
	return append(chat.Chat(system, e.earlier, e.question), chat.Message{Role: chat.Assistant, Content: e.answer})
}

// wording is the text in which near-duplicates are looked for.
func (e entry) wording() string {
	var b strings.Builder
	for _, turn := range e.earlier {
		b.WriteString(turn.User + "\n" + turn.Assistant + "\n")
	}
	b.WriteString(e.question + "\n" + e.answer)
	return b.String()
}

// opening is the conversation's first question, as compared with others.
func (e entry) opening() string {
	if len(e.earlier) > 0 {
		return text.Normal(e.earlier[0].User)
	}
	return text.Normal(e.question)
}

// normalizer is a record that is being read: its fields, and the entry and the
// problems so far. The entry is of use only when no problem is of an unreadable
// check.
type normalizer struct {
	entry
	options  Options
	fields   []rawjson.Value
	problems []problem
}

// normalize reads a record, for a row that gets the system prompt and the tags of
// the options.
func normalize(r records.Record, o Options) *normalizer {
	n := &normalizer{entry: entry{record: r}, options: o}
	if len(r.Raw) > records.MaxRecord {
		n.report(checkType, fmt.Sprintf("the record holds %d bytes, more than %d", len(r.Raw), records.MaxRecord), "split it")
		return n
	}
	if kind := r.Raw.Kind(); kind != '{' {
		n.report(checkType, "the record is "+rawjson.KindName(kind)+" where an object is expected", "write {\"question\": ..., \"answer\": ...}")
		return n
	}
	fields, mistakes := r.Fields()
	n.fields = fields
	for _, m := range mistakes {
		n.problems = append(n.problems, stumbled(r, m))
	}
	at := slices.IndexFunc(forms, func(f form) bool { return f.fits(n) })
	forms[at].read(n)
	n.readTags(o.tags())
	return n
}

func (n *normalizer) report(check, what, hint string) {
	p := whole(what, hint)
	p.check, p.record = check, n.record
	n.problems = append(n.problems, p)
}

// field gives the last member of a name, as most readers do.
func (n *normalizer) field(name string) (rawjson.Value, bool) {
	for _, f := range slices.Backward(n.fields) {
		if f.Name == name {
			return f, true
		}
	}
	return rawjson.Value{}, false
}

// filled gives the first of the named members that is not blank.
func (n *normalizer) filled(names []string) (rawjson.Value, bool) {
	for _, name := range names {
		if f, ok := n.field(name); ok && !f.Blank() {
			return f, true
		}
	}
	return rawjson.Value{}, false
}
