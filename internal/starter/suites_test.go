package starter

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tunegate/tunegate/internal/assertion"
	"github.com/tunegate/tunegate/internal/suite"
	"github.com/tunegate/tunegate/internal/text"
)

// Each suite is large enough for the default margin: a drop of 10 points can be
// excluded from 28 clusters on.
func TestSuitesAreLargeEnough(t *testing.T) {
	t.Parallel()
	for template, want := range map[Template]struct {
		roles    map[string]suite.Role
		clusters int
	}{
		Tutor:   {map[string]suite.Role{"symbolic": suite.Target, "steps": suite.Target, "followup": suite.Target, "format": suite.Guard}, 40},
		Generic: {map[string]suite.Role{"instructions": suite.Target, "general": suite.Guard}, 32},
	} {
		roles := map[string]suite.Role{}
		for _, s := range suites(t, template) {
			clusters := map[string]bool{}
			for _, c := range s.Cases {
				clusters[c.Cluster] = true
			}
			if len(clusters) < want.clusters {
				t.Errorf("%s: %s has %d clusters", template, s.Name, len(clusters))
			}
			roles[s.Name] = s.Role
		}
		if diff := cmp.Diff(want.roles, roles); diff != "" {
			t.Errorf("%s: %s", template, diff)
		}
	}
}

func TestSanityPrompts(t *testing.T) {
	t.Parallel()
	const path = "suites/sanity.prompts.yaml"
	for _, template := range Templates() {
		prompts, err := suite.Reader{}.Sanity(path, content(t, template, Options{})[path])
		if err != nil {
			t.Fatal(err)
		}
		asked := questions(t, template)
		for _, prompt := range prompts {
			if by := asked[text.Normal(prompt)]; by != "" {
				t.Errorf("%s: %q is asked by %s", template, prompt, by)
			}
		}
	}
}

// questions returns the graded questions in normal form with their cases. Each is
// asked once: twice the same question is no second piece of evidence.
func questions(t *testing.T, template Template) map[string]string {
	t.Helper()
	asked := map[string]string{}
	for _, s := range suites(t, template) {
		for _, c := range s.Cases {
			key := text.Normal(last(c).User)
			if by := asked[key]; by != "" {
				t.Errorf("%s/%s asks what %s asks", s.Name, c.ID, by)
			}
			asked[key] = s.Name + "/" + c.ID
		}
	}
	return asked
}

var digit = regexp.MustCompile(`[0-9]`)

// What an answer must say is neither in the question nor in the earlier answer:
// a word or number that stands there shows nothing. Numbers stand in contains
// and maths-equal only, where sympy checks them.
func TestExpectedWordsAreNotGivenAway(t *testing.T) {
	t.Parallel()
	for _, s := range append(suites(t, Tutor), suites(t, Generic)...) {
		for _, c := range s.Cases {
			given := strings.ToLower(last(c).User + "\n" + lastEarlier(c))
			for _, a := range last(c).Asserts {
				switch a.Type {
				case assertion.Contains, assertion.IContains, assertion.IContainsAny:
				default:
					continue
				}
				for _, value := range a.Values {
					if strings.Contains(given, strings.ToLower(value)) {
						t.Errorf("%s/%s gives %q away", s.Name, c.ID, value)
					}
					if a.Type != assertion.Contains && digit.MatchString(value) {
						t.Errorf("%s/%s: %q has digits that nothing checks", s.Name, c.ID, value)
					}
				}
			}
		}
	}
}

// A follow-up is one: it has an earlier answer, asks for a new value and for a
// new idea, and forbids repetition.
func TestFollowUpsGoDeeper(t *testing.T) {
	t.Parallel()
	for _, s := range suites(t, Tutor) {
		if s.Name != "followup" {
			continue
		}
		for _, c := range s.Cases {
			types := []string{}
			for _, a := range last(c).Asserts {
				types = append(types, a.Type)
			}
			idea := slices.ContainsFunc(types, func(kind string) bool {
				return kind == assertion.Contains || kind == assertion.IContains || kind == assertion.IContainsAny || kind == assertion.Regex
			})
			if len(c.Turns) < 2 || !idea || !slices.Contains(types, assertion.NoRepeat) || !slices.Contains(types, assertion.MathsEqual) {
				t.Errorf("%s: %d turns, %v", c.ID, len(c.Turns), types)
			}
		}
	}
}
