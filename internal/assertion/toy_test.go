package assertion

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/maths"
)

// shouts is all that an assertion needs.
var shouts = Type{
	Name: "shouts", About: "the answer is in capitals", Negatable: true,
	Parse: func(given Given, _ *Assert) error {
		if given.HasValue {
			return errors.New("shouts takes no `value`")
		}
		return nil
	},
	Read: func(ctx context.Context, _ Assert, checker Maths) (string, error) {
		if compared, err := checker.Compare(ctx, "1", "1"); err != nil || compared.Verdict != maths.Equal {
			return "shouts is asked on days without mathematics", err
		}
		return "", nil
	},
	Grade: func(_ context.Context, _ Assert, given Answer, _ Maths) (Result, error) {
		return passIf(strings.ToUpper(given.Text) == given.Text, "it is said quietly")
	},
}

// TestOneValueIsAnAssertion: with it in the list, suites can ask it, and answers
// are graded by it.
func TestOneValueIsAnAssertion(t *testing.T) {
	t.Parallel()
	known := append(table{shouts}, types...)
	for name, want := range map[string]string{"shouts": Pass, "not-shouts": Fail} {
		asked, err := known.parse(Given{Type: name})
		if err != nil {
			t.Fatal(err)
		}
		if mistake, err := known.read(t.Context(), asked, fakeMaths{}); mistake != "" || err != nil {
			t.Errorf("%s: %s, %v", name, mistake, err)
		}
		got, err := known.grade(t.Context(), asked, Answer{Text: "FOUR"}, nil)
		if err != nil || got.Outcome != want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := known.parse(Given{Type: "shouts", HasValue: true}); err == nil {
		t.Error("its mistake is not reported")
	}
	if _, err := known.parse(Given{Type: "shoutz"}); err == nil || !strings.Contains(err.Error(), `did you mean "shouts"?`) {
		t.Errorf("its name is not known: %v", err)
	}
}
