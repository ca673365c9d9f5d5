package proctest

import (
	"os"
	"testing"
)

// NeedIsolation skips a test, loudly, if children cannot have their own networks, and
// fails it if CI is true.
func NeedIsolation(t testing.TB) {
	t.Helper()
	err := Launcher(t).TryIsolation()
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	} else if err != nil {
		t.Skipf("NOT TESTED in networks of their own: %v", err)
	}
}
