package export

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoadChanges(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "changes.json")
	save(t, path, []byte(`[{"module":"m","shape":[2,3],"norm":0.5,"samples":[{"row":1,"col":2,"value":-0.25}]}]`))
	got, err := LoadChanges(path)
	want := []Change{{Module: "m", Shape: [2]int{2, 3}, Norm: 0.5, Samples: []Sample{{1, 2, -0.25}}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestLoadChangesRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"no JSON":       {`[`, "unexpected EOF"},
		"no list":       {`{}`, "object"},
		"no module":     {`[{"shape":[1,1],"norm":1,"samples":[{"row":0,"col":0}]}]`, `entry 1, module ""`},
		"negative norm": {`[{"module":"m","shape":[1,1],"norm":-1}]`, "norm -1"},
		"no samples":    {`[{"module":"m","shape":[1,1],"norm":1}]`, "no samples"},
		"row outside":   {`[{"module":"m","shape":[2,3],"norm":1,"samples":[{"row":2,"col":0}]}]`, "row 2, column 0 outside"},
		"col outside":   {`[{"module":"m","shape":[2,3],"norm":1,"samples":[{"row":0,"col":-1}]}]`, "column -1 outside"},
		"twice": {`[{"module":"m","shape":[1,1],"norm":1,"samples":[{"row":0,"col":0}]},
			{"module":"m","shape":[1,1],"norm":1,"samples":[{"row":0,"col":0}]}]`, `entry 2, duplicate module "m"`},
	} {
		path := filepath.Join(t.TempDir(), "changes.json")
		save(t, path, []byte(c.text))
		if _, err := LoadChanges(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}
