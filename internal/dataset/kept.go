package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tunegate/tunegate/internal/place"
	"github.com/tunegate/tunegate/internal/records"
)

// kept is a record that may become a row, without its text: that is read again where
// it is needed, so that a large dataset takes little memory.
type kept struct {
	*records.Record
	digest  [sha256.Size]byte // of the conversation without system prompt
	id      [8]byte           // of the row
	text    spooled           // the row's messages, as JSON
	opening key
	words   int               // of the answer
	tags    map[string]string // shared by all that have the same
	doc     int               // its number among the documents
	near    int               // label, shared with near-duplicates
	like    int               // the position of the row that it says again; its own: none
}

// key stands for a text that is compared with others.
type key [16]byte

func keyOf(text string) (k key) {
	digest := sha256.Sum256([]byte(text))
	return key(digest[:len(k)])
}

// kept takes from an entry what is kept of it.
func (x *examination) kept(e entry) (kept, error) {
	messages, err := json.Marshal(e.messages(x.options.System))
	if err != nil {
		return kept{}, fmt.Errorf("%s: record %d: %w", e.record.File.Path, e.record.Number, err)
	}
	at, err := x.texts.add(messages)
	id := sha256.Sum256(messages)
	return kept{
		digest: e.digest, id: [8]byte(id[:8]), text: at, opening: keyOf(e.opening()),
		words: len(strings.Fields(e.answer)), tags: x.shared(e.tags), doc: x.documents.Len(),
	}, err
}

// shared gives the one map of equal ones.
func (x *examination) shared(tags map[string]string) map[string]string {
	name := fmt.Sprint(tags) // sorted by key
	if known, found := x.tags[name]; found {
		return known
	}
	x.tags[name] = tags
	return tags
}

// entry reads what is kept as a whole again.
func (x *examination) entry(i int) entry {
	k := x.entries[i]
	e := normalize(*k.Record, x.options).entry
	e.digest = k.digest
	return e
}

// row is a [Row] as it is written, with messages that are JSON already.
type row struct {
	ID       string            `json:"id"`
	Source   string            `json:"source"`
	Messages jsontext.Value    `json:"messages"`
	Weight   int               `json:"weight"`
	Tags     map[string]string `json:"tags"`
}

// row renders a row as it is trained on; a buffer is used for its messages.
func (x *examination) row(i int, buffer []byte) (row, error) {
	k := x.entries[i]
	messages, err := x.texts.read(k.text, buffer)
	return row{hex.EncodeToString(k.id[:]), k.Source(), messages, x.sources[k.File].Weight, k.tags}, err
}

func (k kept) place() place.Place {
	return place.Place{
		ID: hex.EncodeToString(k.id[:]), Source: k.Source(), File: k.File.Path,
		Line: k.Line, Column: k.Column(), Pointer: k.Pointer(), New: k.Added,
	}
}

// oldFirst are the positions of the rows, those that the change did not add before
// the others: so a pair is found at the record that the change brought, and what the
// base has already stays what it was.
func (x *examination) oldFirst() []int {
	order := make([]int, 0, len(x.entries))
	for _, added := range []bool{false, true} {
		for i, k := range x.entries {
			if k.Added == added {
				order = append(order, i)
			}
		}
	}
	return order
}
