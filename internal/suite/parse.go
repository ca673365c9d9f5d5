package suite

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/strictyaml"
)

type suiteFile struct {
	Name        string     `yaml:"name"`
	Role        string     `yaml:"role"`
	Via         string     `yaml:"via"`
	History     []string   `yaml:"history"`
	DefaultTest caseFile   `yaml:"defaultTest"`
	Tests       []caseFile `yaml:"tests"`
}

type caseFile struct {
	Description string       `yaml:"description"`
	Cluster     string       `yaml:"cluster"`
	Turns       []turnFile   `yaml:"turns"`
	Assert      []assertFile `yaml:"assert"`
}

type turnFile struct {
	User      string       `yaml:"user"`
	Assistant string       `yaml:"assistant"`
	Assert    []assertFile `yaml:"assert"`
}

type assertFile struct {
	Type      string    `yaml:"type"`
	Value     yaml.Node `yaml:"value"`
	Of        string    `yaml:"of"`
	Threshold *float64  `yaml:"threshold"`
	Weight    *float64  `yaml:"weight"`
}

var planned = []string{"vars", "options", "metric"}

// name keeps suites and cases printable, short and free of markup.
var name = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

type parser struct {
	doc      *strictyaml.Document
	file     suiteFile
	reader   Reader
	mistakes []error
}

func (p *parser) fail(at []any, format string, args ...any) {
	p.mistakes = append(p.mistakes, p.doc.Errorf(at, format, args...))
}

func (p *parser) suite(path string) Suite {
	parsed := Suite{Path: path, Name: p.file.Name, Role: Role(p.file.Role)}
	if !name.MatchString(p.file.Name) {
		p.fail([]any{"name"}, "a suite needs a `name` of letters, digits, '.', '_' and '-' (hint: such as `name: followup`)")
	}
	switch parsed.Role {
	case Target, Guard, Observed:
	case "":
		parsed.Role = Target
	default:
		p.fail([]any{"role"}, "unknown role %q (hint: choose one of target, guard, observed)", p.file.Role)
	}
	if via := p.file.Via; via == "app" {
		p.fail([]any{"via"}, "`via: app` is not built yet (hint: use ollama)")
	} else if via != "" && via != "ollama" {
		p.fail([]any{"via"}, "unknown via %q (hint: use ollama)", via)
	}
	parsed.History = p.history()
	if d := p.file.DefaultTest; d.Description != "" || d.Cluster != "" || d.Turns != nil {
		p.fail([]any{"defaultTest"}, "`defaultTest` holds only `assert`")
	}
	defaults := p.asserts([]any{"defaultTest", "assert"}, p.file.DefaultTest.Assert)
	if len(p.file.Tests) == 0 {
		p.fail([]any{"tests"}, "a suite needs `tests`, at least one")
	}
	seen := map[string]int{}
	for i, test := range p.file.Tests {
		at := []any{"tests", i}
		parsedCase := p.oneCase(at, test, parsed.History, defaults)
		if first, double := seen[parsedCase.ID]; double {
			p.fail(at, "duplicate description %q, first used at line %d (hint: rename one of them: a case is named by its description)", parsedCase.ID, first)
		}
		seen[parsedCase.ID] = parsedCase.Line
		parsed.Cases = append(parsed.Cases, parsedCase)
	}
	return parsed
}

func (p *parser) history() []History {
	var modes []History
	for i, text := range p.file.History {
		mode := History(text)
		switch {
		case mode != Replayed && mode != Own:
			p.fail([]any{"history", i}, "unknown history %q (hint: choose one of replayed, own)", text)
		case slices.Contains(modes, mode):
			p.fail([]any{"history", i}, "duplicate history %q (hint: remove one)", text)
		}
		modes = append(modes, mode)
	}
	if len(modes) == 0 {
		modes = []History{Replayed}
	}
	return modes
}

func (p *parser) oneCase(at []any, test caseFile, modes []History, defaults []assertion.Assert) Case {
	parsed := Case{ID: test.Description, Cluster: test.Cluster, Line: p.doc.Line(at...)}
	before := len(p.mistakes)
	if !name.MatchString(parsed.ID) {
		p.fail(at, "a case needs a `description` of letters, digits, '.', '_' and '-', at most 64 characters (it is the case's name)")
	}
	if parsed.Cluster == "" {
		parsed.Cluster = parsed.ID
	}
	if len(test.Turns) == 0 {
		p.fail(at, "case %q needs `turns`, at least one", parsed.ID)
	}
	if test.Assert != nil {
		p.fail(at, "case %q: put `assert` under a turn", parsed.ID)
	}
	asked := false
	for i, turn := range test.Turns {
		where := slices.Concat(at, []any{"turns", i})
		if strings.TrimSpace(turn.User) == "" {
			p.fail(where, "case %q: turn %d has no `user` text", parsed.ID, i+1)
		}
		for _, said := range []struct{ key, text string }{{"user", turn.User}, {"assistant", turn.Assistant}} {
			if err := p.reader.CheckText(said.text); err != nil {
				p.fail(slices.Concat(where, []any{said.key}), "case %q: %w", parsed.ID, err)
			}
		}
		asserts := p.asserts(append(where, "assert"), turn.Assert)
		last := i == len(test.Turns)-1
		if !last && turn.Assistant == "" && slices.Contains(modes, Replayed) {
			p.fail(where, "case %q: turn %d has no `assistant` answer for the later turns to see", parsed.ID, i+1)
		}
		if last || len(asserts) > 0 {
			asserts = slices.Concat(withoutPrevious(defaults, i), asserts)
		}
		for _, a := range asserts {
			if i == 0 && assertion.NeedsPrevious(a.Type) {
				p.fail(where, "case %q: %s in the first turn has no previous answer to compare with", parsed.ID, a.Type)
			}
			asked = asked || a.Weight > 0
		}
		parsed.Turns = append(parsed.Turns, Turn{User: turn.User, Assistant: turn.Assistant, Asserts: asserts})
	}
	if !asked && len(p.mistakes) == before {
		p.fail(at, "case %q has no assert with weight above 0, so it could never fail", parsed.ID)
	}
	return parsed
}

// withoutPrevious drops the default asserts that a first turn cannot have: a suite
// of mixed lengths may ask for them by default.
func withoutPrevious(defaults []assertion.Assert, turn int) []assertion.Assert {
	if turn > 0 {
		return defaults
	}
	return slices.DeleteFunc(slices.Clone(defaults), func(a assertion.Assert) bool { return assertion.NeedsPrevious(a.Type) })
}

func (p *parser) asserts(at []any, files []assertFile) []assertion.Assert {
	var parsed []assertion.Assert
	for i, file := range files {
		where := slices.Concat(at, []any{i})
		assert, err := file.parse()
		if err != nil {
			p.fail(where, "%w", err)
			continue
		}
		assert.Line = p.doc.Line(where...)
		parsed = append(parsed, assert)
	}
	return parsed
}

func (f assertFile) parse() (assertion.Assert, error) {
	given := assertion.Given{Type: f.Type, HasValue: f.Value.Kind != 0, Of: f.Of, Threshold: f.Threshold, Weight: f.Weight}
	var err error
	if given.Values, err = values(f.Value); err != nil {
		return assertion.Assert{}, err
	}
	return assertion.Parse(given)
}

func values(node yaml.Node) ([]string, error) {
	switch node.Kind {
	case 0:
		return nil, nil
	case yaml.ScalarNode:
		return []string{node.Value}, nil
	case yaml.SequenceNode:
		var list []string
		for _, item := range node.Content {
			if item.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("the entries of `value` must be texts")
			}
			list = append(list, item.Value)
		}
		return list, nil
	default:
		return nil, fmt.Errorf("`value` must be a text or a list of texts")
	}
}
