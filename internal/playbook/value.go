package playbook

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

type kind byte

const (
	null kind = iota
	boolean
	integer
	float
	text
	list
	object
)

// value is a JSON value as CPython's json module represents it. Texts are UTF-8, in
// which a lone surrogate is its three bytes of the same scheme (WTF-8): such a
// text is not valid UTF-8, and is none that a file can hold.
type value struct {
	kind    kind
	text    string // of a text; the digits of an integer, "-0" as "0"; "" or "True" of a boolean
	float   float64
	list    []value
	members []member // of an object, in the order of their first appearance
	offset  int      // in the file
}

type member struct {
	name  string
	value value
}

// member is an object's value of a name, or null.
func (v value) member(name string) value {
	for _, m := range v.members {
		if m.name == name {
			return m.value
		}
	}
	return value{}
}

// missing reports whether Python counts the value as false.
func (v value) missing() bool {
	switch v.kind {
	case null:
		return true
	case integer:
		return v.text == "0"
	case float:
		return v.float == 0
	case list:
		return len(v.list) == 0
	case object:
		return len(v.members) == 0
	default:
		return v.text == ""
	}
}

const (
	// maxDepth bounds lists in lists, a little below CPython's limit.
	maxDepth = 900
	// maxDigits is CPython's limit for the digits of an integer.
	maxDigits = 4300
)

// parse reads a file as CPython's json.loads does: NaN and Infinity are numbers,
// lone surrogates are text, the last value of a name counts, at the place of the first.
func parse(f File) (value, error) {
	p := &parser{file: f, rest: string(f.Data)}
	if strings.HasPrefix(p.rest, "\ufeff") {
		return value{}, p.failf("the file begins with a byte-order mark (hint: save it as UTF-8 without one)")
	}
	if !utf8.ValidString(p.rest) {
		p.skipValid()
		return value{}, p.failf("this byte is not UTF-8 (hint: save the file as UTF-8)")
	}
	v, err := p.value(0)
	if err != nil {
		return value{}, err
	}
	p.space()
	if p.rest != "" {
		return value{}, p.failf("more text follows the end (hint: the file must be one JSON list, not one record per line)")
	}
	return v, nil
}

type parser struct {
	file File
	rest string // what is not read yet
}

func (p *parser) offset() int { return len(p.file.Data) - len(p.rest) }

func (p *parser) failf(format string, args ...any) error {
	return fmt.Errorf("%s: %w", p.file.at(p.offset()), fmt.Errorf(format, args...))
}

func (p *parser) skipValid() {
	for {
		r, size := utf8.DecodeRuneInString(p.rest)
		if r == utf8.RuneError && size <= 1 {
			return
		}
		p.rest = p.rest[size:]
	}
}

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// take reads the mark if it comes next, after white space.
func (p *parser) take(mark string) bool {
	p.space()
	rest, found := strings.CutPrefix(p.rest, mark)
	p.rest = rest
	return found
}

func (p *parser) value(depth int) (value, error) {
	p.space()
	if depth > maxDepth {
		return value{}, p.failf("more than %d nested lists and objects (hint: flatten the record)", maxDepth)
	}
	start := p.offset()
	v, err := p.any(depth)
	v.offset = start
	return v, err
}

func (p *parser) any(depth int) (value, error) {
	if p.rest == "" {
		return value{}, p.failf("the file ends where a value is expected (hint: check that it is complete)")
	}
	switch p.rest[0] {
	case '[':
		return p.listOf(depth)
	case '{':
		return p.object(depth)
	case '"':
		s, err := p.quoted()
		return value{kind: text, text: s}, err
	}
	for word, v := range words {
		if p.take(word) {
			return v, nil
		}
	}
	return p.number()
}

var words = map[string]value{
	"null": {}, "true": {kind: boolean, text: "True"}, "false": {kind: boolean},
	"NaN":      {kind: float, float: math.NaN()},
	"Infinity": {kind: float, float: math.Inf(1)}, "-Infinity": {kind: float, float: math.Inf(-1)},
}

func (p *parser) listOf(depth int) (value, error) {
	v := value{kind: list}
	p.take("[")
	if p.take("]") {
		return v, nil
	}
	for {
		element, err := p.value(depth + 1)
		if err != nil {
			return value{}, err
		}
		v.list = append(v.list, element)
		if p.take("]") {
			return v, nil
		}
		if !p.take(",") {
			return value{}, p.failf("a comma or ] is expected here (hint: check here and just before)")
		}
	}
}

func (p *parser) object(depth int) (value, error) {
	v := value{kind: object}
	places := map[string]int{}
	p.take("{")
	if p.take("}") {
		return v, nil
	}
	for {
		if p.space(); !strings.HasPrefix(p.rest, `"`) {
			return value{}, p.failf("a name in double quotes is expected here (hint: check here and just before)")
		}
		name, err := p.quoted()
		if err != nil {
			return value{}, err
		}
		if !p.take(":") {
			return value{}, p.failf("a colon is expected here (hint: check here and just before)")
		}
		item, err := p.value(depth + 1)
		if err != nil {
			return value{}, err
		}
		if place, again := places[name]; again {
			v.members[place].value = item
		} else {
			places[name] = len(v.members)
			v.members = append(v.members, member{name, item})
		}
		if p.take("}") {
			return v, nil
		}
		if !p.take(",") {
			return value{}, p.failf("a comma or } is expected here (hint: check here and just before)")
		}
	}
}

// numeral is a JSON number: all of it, the digits before the point, what follows them.
var numeral = regexp.MustCompile(`^-?(0|[1-9][0-9]*)((?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)`)

func (p *parser) number() (value, error) {
	match := numeral.FindStringSubmatch(p.rest)
	if match == nil {
		return value{}, p.failf("a value is expected here (hint: check here and just before)")
	}
	literal, whole, isFloat := match[0], match[1], match[2] != ""
	if !isFloat && len(whole) > maxDigits {
		return value{}, p.failf("an integer of %d digits, more than %d (hint: put it in quotes)", len(whole), maxDigits)
	}
	p.rest = p.rest[len(literal):]
	switch {
	case isFloat:
		// The only error is a number out of range, which is infinite, as in Python.
		f, _ := strconv.ParseFloat(literal, 64)
		return value{kind: float, float: f}, nil
	case literal == "-0":
		literal = "0"
	}
	return value{kind: integer, text: literal}, nil
}
