package promote

import (
	"slices"
	"testing"
)

// TestEarlierVersion: promoting a version that a later one has replaced goes by
// that version's own run, repairs its servers and takes it to no other: there it
// was never stable.
func TestEarlierVersion(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	first, second := l.serve(t.TempDir()).Client(), l.serve(t.TempDir()).Client()
	l.config.Runner.Ollama = first.Base()
	l.run("one", 1, first.Base(), passed())
	l.run("two", 2, first.Base(), passed())
	one := l.mustPromote("v1", "one")
	two := l.mustPromote("v2", "two")
	l.must(first.Delete(t.Context(), "demo-lora-v1"))
	l.config.Promote.To = []string{second.Base()}

	again := l.mustPromote("v1", "")
	if again.Stable != "v2" || again.Run != "one" || !slices.Equal(again.Servers, []string{first.Base()}) {
		t.Errorf("%+v", again)
	}
	if id := l.shows(first, "demo-lora-v1"); id != one.ModelID {
		t.Errorf("the lost tag is %q", id)
	}
	if id := l.shows(first, "demo:stable"); id != two.ModelID {
		t.Errorf("stable is %q", id)
	}
	for _, tag := range []string{"demo-lora-v1", "demo:stable"} {
		if id := l.shows(second, tag); id != "" {
			t.Errorf("the new server has %s: %q", tag, id)
		}
	}
	l.mustPromote("v2", "")
	if id := l.shows(second, "demo:stable"); id != two.ModelID {
		t.Errorf("stable is %q on the new server", id)
	}
}
