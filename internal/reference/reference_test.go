package reference

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func toy() Format {
	return Format{
		Name: "toy.yaml", About: "What a toy does.",
		Keys: []Key{
			{Path: "name", Type: Matching("letters", "^[a-z]+$", ""), Required: true, Example: "bear", About: "Its name."},
			{Path: "moves", Type: Mapping(), About: "How it moves."},
			{Path: "moves.speed", Type: Positive(), Default: 1.5, Example: 2.0, About: "How fast it goes, in metres a second, when nobody pushes, pulls or carries it.", Since: "0.2.0"},
			{Path: "moves.wheels", Type: Mappings().NotEmpty(), Default: Says("none"), About: "Its wheels."},
			{Path: "moves.wheels[].at", Type: OneOf("front", "back"), Required: true, Example: "front", About: "Where the wheel is."},
			{Path: "moves.wheels[].spokes", Type: Either(OneOf("many"), Between(3, 9)), Example: 5, About: "Its spokes."},
		},
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	want := `toy.yaml: What a toy does.

  name                              required               Its name.

moves: How it moves.
  speed                             1.5                    How fast it goes, in metres a second,
                                                           when nobody pushes, pulls or carries it.
  wheels                            none                   Its wheels.
  wheels[].at                       required               Where the wheel is.
  wheels[].spokes                                          Its spokes.
`
	if diff := cmp.Diff(want, toy().Help(100)); diff != "" {
		t.Error(diff)
	}
}

func TestHelpOf(t *testing.T) {
	t.Parallel()
	want := `moves.wheels
  Its wheels.

  type       list of sections
  default    none
  since      0.1.0

  at                                required               Where the wheel is.
  spokes                                                   Its spokes.

  example
    moves:
      wheels:
      - at: front
        spokes: 5
`
	if diff := cmp.Diff(want, HelpOf(toy().Find("moves.wheels"), 100)); diff != "" {
		t.Error(diff)
	}
	if got := HelpOf(toy().Find("moves.speed"), 100); !strings.Contains(got, "since      0.2.0\n") {
		t.Error(got)
	}
	if found := toy().Find("moves.wheel"); found != nil {
		t.Errorf("found %+v", found)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	f := toy()
	f.Keys = append(f.Keys, Key{Path: "moves.name", Type: Text("text"), About: "How the moves are called."})
	for words, want := range map[string][]string{
		"name": {"name"}, "moves.name": {"moves.name"}, "moves": {"moves"}, "moves.wheels.at": {"moves.wheels[].at"},
		"moves.wheels[].at": {"moves.wheels[].at"}, "wheels.at": {"moves.wheels[].at"}, "speed": {"moves.speed"}, "peed": nil, "": nil,
	} {
		if diff := cmp.Diff(want, f.Lookup(words)); diff != "" {
			t.Errorf("%s: %s", words, diff)
		}
	}
}

func TestNoLineIsWider(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(toy().Help(80)) {
		if len(strings.TrimSuffix(line, "\n")) > 80 {
			t.Errorf("%q", line)
		}
	}
}
