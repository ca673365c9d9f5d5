package repo

import (
	"strings"
	"testing"
)

func TestContains(t *testing.T) {
	t.Parallel()
	f, r := open(t)
	f.git("tag", "-am", "first", "v1")
	f.git("checkout", "-qb", "side")
	f.write("data/a.json", "[2]")
	f.commit("side")
	f.git("checkout", "-q", "main")
	f.write("data/b.json", "[3]")
	f.commit("main moved on")
	for commit, want := range map[string]bool{"main": true, "v1": true, "side": false} {
		if got, err := r.Contains(t.Context(), "main", commit); got != want || err != nil {
			t.Errorf("main contains %s: %v, %v", commit, got, err)
		}
	}
	if _, err := r.Contains(t.Context(), "main", "gone"); err == nil || !strings.Contains(err.Error(), "git fetch") {
		t.Errorf("a commit that is not there gave %v", err)
	}
}
