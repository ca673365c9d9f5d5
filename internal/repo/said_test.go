package repo

import (
	"fmt"
	"strings"
	"testing"
)

// However much git has to say, little is kept, and the reason is found at either end.
func TestSaid(t *testing.T) {
	t.Parallel()
	warnings := strings.Repeat("warning: something about a path\n", 10_000)
	for _, test := range []struct{ text, want string }{
		{"fatal: no\n" + warnings, "no"},
		{warnings + "fatal: no\n", "no"},
		{warnings + strings.Repeat("error: it cannot be read\n", 2000) + warnings[:100] + "\nfatal: no\n", "no"},
		{"fatal: " + strings.Repeat("a", 1<<20), strings.Repeat("a", maxReason-1) + "…"},
		{"", ""},
	} {
		for _, chunk := range []int{7, 4096, 1 << 21} {
			var s said
			for rest := test.text; rest != ""; {
				n := min(chunk, len(rest))
				if _, err := fmt.Fprint(&s, rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if got := s.String(); reason(got) != test.want || len(got) > 2*maxSaid || cap(s.first)+cap(s.last) > 10*maxSaid {
				t.Errorf("%.20q by %d: %q of %d bytes, %d kept", test.text, chunk, reason(got), len(got), cap(s.first)+cap(s.last))
			}
		}
	}
}

// Of conflicts, however many, a few are named, and their names are not kept.
func TestManyConflicts(t *testing.T) {
	t.Parallel()
	f, r := open(t)
	long := strings.Repeat("n", 100)
	sides := map[string]string{"pr": "ours", "main": "theirs"}
	for i := range 1200 {
		f.write(fmt.Sprintf("many/%s%04d", long, i), "base")
	}
	f.commit("many")
	f.git("branch", "pr")
	for branch, text := range sides {
		f.git("checkout", "-q", branch)
		for i := range 1200 {
			f.write(fmt.Sprintf("many/%s%04d", long, i), text)
		}
		f.commit(text)
	}
	_, err := r.MergeTree(t.Context(), "main", "pr")
	if err == nil || strings.Count(err.Error(), long) != maxConflicts || !strings.Contains(err.Error(), "and more (hint: rebase") || len(err.Error()) > 1000 {
		t.Errorf("%.2000v", err)
	}
}
