package report

import "testing"

// An unknown state is not a verdict.
func TestUnknownStateIsNoResult(t *testing.T) {
	t.Parallel()
	got := Report{State: "passed"}.Headline(Plain)
	if want := (Report{State: Lost}).Headline(Plain); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
