package main

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tunegate/tunegate/internal/config"
	"github.com/tunegate/tunegate/internal/reference"
	"github.com/tunegate/tunegate/internal/suite"
)

type helpCommand struct {
	Topic []string `arg:"" optional:"" help:"A command, or a topic: config or suites (with a key, if you like), or exit-codes." placeholder:"TOPIC"`
}

// topic prints the help that the words after its name request.
type topic func(s *session, words []string) error

// topics are the help topics besides the commands.
func topics() map[string]topic {
	return map[string]topic{
		"config":     func(s *session, words []string) error { return s.helpFile(config.Format(), words) },
		"exit-codes": (*session).helpExitCodes,
		"suites":     func(s *session, words []string) error { return s.helpFile(suite.Format(), words) },
	}
}

// Run prints the help of tunegate, of a command or of a topic.
func (c helpCommand) Run(s *session) error {
	if len(c.Topic) > 0 {
		if explain, known := topics()[c.Topic[0]]; known {
			return explain(s, c.Topic[1:])
		}
		if err := s.knowsCommand(c.Topic[0]); err != nil {
			return usage(err)
		}
		if len(c.Topic) > 1 {
			return usage(fmt.Errorf("help takes one command at a time (hint: `tunegate help %s`)", c.Topic[0]))
		}
	}
	w := s.world
	w.args = append(slices.Clone(c.Topic), "--help")
	if code := run(s.ctx, w); code != 0 {
		return &exitError{code: code}
	}
	return nil
}

// knowsCommand is an error if there is no command of the name.
func (s *session) knowsCommand(name string) error {
	parser, _, err := s.parser()
	if err != nil {
		return err
	}
	var names []string
	for _, command := range parser.Model.Children {
		if command.Name == name {
			return nil
		}
		if !command.Hidden {
			names = append(names, command.Name)
		}
	}
	names = slices.Concat(names, slices.Sorted(maps.Keys(topics())))
	return fmt.Errorf("no help for %.60q (hint: `tunegate help TOPIC` with one of %s)", name, strings.Join(names, ", "))
}

func (s *session) helpExitCodes(words []string) error {
	if len(words) > 0 {
		return usage(errors.New("exit-codes takes no further argument (hint: `tunegate help exit-codes`)"))
	}
	_, err := fmt.Fprint(s.world.stdout, `0    success; for a run: the policy allows the change
1    internal error, or doctor found a problem
2    usage error, or config, suites, record files or base model cannot be used as they are
3    fail: a suite got worse, the data has new errors, or a promotion was refused by its verdict
4    inconclusive, and the policy blocks on it
130  cancelled
`)
	return err
}

// helpWidth is that of a terminal in which help is read, in characters.
const helpWidth = 100

// helpFile explains a file that people write, or one key of it. With --json it prints
// the file's JSON Schema.
func (s *session) helpFile(f reference.Format, words []string) error {
	text, err := f.Explain(words, helpWidth)
	if s.cli.JSON && err == nil {
		var schema []byte
		schema, err = f.Schema()
		text = string(schema)
	}
	if err != nil {
		return usage(err)
	}
	_, err = fmt.Fprint(s.world.stdout, text)
	return err
}

// near matches kong's suggestion.
var near = regexp.MustCompile(`^(.*), did you mean (?:one of )?(.*)\?$`)

// explain is a mistake on the command line, with a suggestion if there is one.
func explain(err error) error {
	for _, name := range planned() {
		if strings.HasPrefix(err.Error(), "unexpected argument "+name) {
			return fmt.Errorf("`tunegate %s` is not built yet (hint: `tunegate help` lists the commands)", name)
		}
	}
	ask := "`tunegate help`"
	if command := commandOf(err); command != nil {
		ask = "`tunegate help " + command.Name + "`"
	}
	if said := near.FindStringSubmatch(err.Error()); said != nil {
		return fmt.Errorf("%s (hint: did you mean %s? %s lists them all)", said[1], strings.ReplaceAll(said[2], `"`, "`"), ask)
	}
	if said, _, duration := strings.Cut(err.Error(), ": time: "); duration {
		return fmt.Errorf("%s (hint: write hours and minutes, such as 1h30m, or 72h for three days)", said)
	}
	return fmt.Errorf("%w (hint: %s)", err, ask)
}

// usageLine is the usage of the command, or of tunegate itself.
func usageLine(parser *kong.Kong, err error) string {
	if command := commandOf(err); command != nil {
		return "usage: tunegate " + command.Summary()
	}
	return "usage: tunegate" + parser.Model.Summary()
}

// commandOf is the command with a mistake in its arguments; nil: none was found.
func commandOf(err error) *kong.Node {
	var mistake *kong.ParseError
	if !errors.As(err, &mistake) || mistake.Context == nil {
		return nil
	}
	return mistake.Context.Selected()
}
