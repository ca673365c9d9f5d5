package suite

import (
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/reference/referencetest"
)

const good = `
name: followup
role: target
history: [replayed, own]
defaultTest:
  assert:
    - {type: finish-reason, value: stop}
    - {type: no-repeat, of: previous, threshold: 0.35}
tests:
  - description: euler-theta
    cluster: euler
    turns:
      - {user: "Explain Euler's identity.", assistant: "It says that e^(i*pi) + 1 = 0."}
      - user: Show one worked example for theta = pi/2.
        assert:
          - {type: maths-equal, value: "i"}
          - {type: icontains-any, value: ["cos", "sin"]}
          - {type: contains, value: e, weight: 0}
  - description: single
    turns:
      - {user: "2 + 2?", assert: [{type: maths-equal, value: 4}]}
`

func TestParse(t *testing.T) {
	t.Parallel()
	s, err := Reader{}.Suite("suites/followup.suite.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "followup" || s.Role != Target || len(s.History) != 2 || len(s.Cases) != 2 {
		t.Fatalf("suite %+v", s)
	}
	euler, single := s.Cases[0], s.Cases[1]
	if euler.Cluster != "euler" || single.Cluster != "single" {
		t.Errorf("clusters %q and %q", euler.Cluster, single.Cluster)
	}
	if n := len(euler.Turns[0].Asserts); n != 0 {
		t.Errorf("a replayed turn without asserts got %d", n)
	}
	var types []string
	for _, a := range euler.Turns[1].Asserts {
		types = append(types, a.Type)
	}
	if got := strings.Join(types, " "); got != "finish-reason no-repeat maths-equal icontains-any contains" {
		t.Errorf("asserts of the last turn: %s", got)
	}
	if asserts := single.Turns[0].Asserts; len(asserts) != 2 || asserts[1].Values[0] != "4" {
		t.Errorf("a first turn's asserts: %+v", asserts)
	}
}

func TestPrompts(t *testing.T) {
	t.Parallel()
	s, err := Reader{}.Suite("a.suite.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	prompts := s.Prompts(s.Cases[0], "Be kind.")
	if len(prompts) != 1 || prompts[0].Turn != 1 || len(prompts[0].Messages) != 4 {
		t.Fatalf("prompts %+v", prompts)
	}
	if !s.Cases[0].Asked(0, Own) || s.Cases[0].Asked(0, Replayed) {
		t.Error("the first turn is asked in the model's own history only")
	}
}

// mistakes are texts that no suite may have, with words of the error.
func mistakes() map[string]struct{ text, want string } {
	oneCase := func(assert string) string {
		return "name: a\ntests:\n  - description: c\n    turns:\n      - user: q\n        assert:\n          - " + assert + "\n"
	}
	return map[string]struct{ text, want string }{
		"no name":             {"tests: []\n", "a suite needs a `name`"},
		"no tests":            {"name: a\n", "needs `tests`"},
		"unknown role":        {"name: a\nrole: star\n", `a.suite.yaml:2: unknown role "star"`},
		"app":                 {"name: a\nvia: app\n", "not built yet"},
		"unknown history":     {"name: a\nhistory: [mine]\n", `unknown history "mine"`},
		"unknown key":         {"name: a\ntets: []\n", `did you mean "tests"?`},
		"vars":                {"name: a\ntests:\n  - {description: c, vars: {a: 1}}\n", `key "vars" is not built yet`},
		"unknown assertion":   {oneCase("{type: containz, value: x}"), `a.suite.yaml:7: unknown assertion "containz" (hint: did you mean "contains"?)`},
		"planned assertion":   {oneCase("{type: llm-rubric, value: x}"), "not built yet"},
		"no type":             {oneCase("{value: x}"), "needs a `type`"},
		"no value":            {oneCase("{type: equals}"), "equals needs one `value`"},
		"bad regex":           {oneCase(`{type: regex, value: "(?=x)"}`), "RE2"},
		"repeat of nothing":   {oneCase("{type: no-repeat, of: previous}"), "no previous answer"},
		"share above one":     {oneCase("{type: no-repeat, of: previous, threshold: 3}"), "share from 0 to 1"},
		"share not a number":  {oneCase("{type: no-repeat, of: previous, threshold: .nan}"), "a.suite.yaml:7: no-repeat: threshold NaN is a share from 0 to 1"},
		"share endless":       {oneCase("{type: no-repeat, of: previous, threshold: .inf}"), "a.suite.yaml:7: no-repeat: threshold +Inf"},
		"value for no-repeat": {oneCase("{type: no-repeat, of: previous, value: x}"), "a.suite.yaml:7: no-repeat takes no `value` (hint: "},
		"empty value":         {oneCase("{type: no-repeat, of: previous, value: []}"), "a.suite.yaml:7: no-repeat takes no `value` (hint: "},
		"weight":              {oneCase("{type: equals, value: x, weight: -1}"), "a.suite.yaml:7: weight -1 is not a number from 0 up"},
		"weight not a number": {oneCase("{type: equals, value: x, weight: .nan}"), "a.suite.yaml:7: weight NaN"},
		"weight endless":      {oneCase("{type: equals, value: x, weight: .inf}"), "a.suite.yaml:7: weight +Inf"},
		"other finish reason": {oneCase("{type: finish-reason, value: length}"), `a.suite.yaml:7: finish-reason "length" can never pass: an answer`},
		"threshold elsewhere": {oneCase("{type: equals, value: x, threshold: 1}"), "takes no `threshold`"},
		"only weight 0":       {oneCase("{type: equals, value: x, weight: 0}"), "could never fail"},
		"no turns":            {"name: a\ntests:\n  - {description: c}\n", "needs `turns`"},
		"double description": {
			"name: a\ntests:\n  - &c {description: c, turns: [{user: q, assert: [{type: equals, value: x}]}]}\n  - *c\n",
			"first used at line 3",
		},
		"no answer to replay": {
			"name: a\ntests:\n  - {description: c, turns: [{user: q}, {user: r, assert: [{type: equals, value: x}]}]}\n",
			"no `assistant` answer",
		},
	}
}

func TestParseMistakes(t *testing.T) {
	t.Parallel()
	for label, test := range mistakes() {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			_, err := Reader{}.Suite("a.suite.yaml", []byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			referencetest.Hints(t, Format(), err)
		})
	}
}

func TestSanity(t *testing.T) {
	t.Parallel()
	questions, err := Reader{}.Sanity("s.yaml", []byte("prompts:\n  - {user: one}\n  - {user: two}\n"))
	if err != nil || len(questions) != 2 {
		t.Fatalf("%v, %v", questions, err)
	}
	if _, err := (Reader{}).Sanity("s.yaml", []byte("prompts:\n  - {user: ''}\n")); err == nil {
		t.Error("an empty prompt passed")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Reader{}.Suite("a.suite.yaml", []byte(text))
		if err != nil {
			return
		}
		for _, c := range s.Cases {
			_ = s.Prompts(c, "system")
		}
	})
}
