package github_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/github/githubtest"
)

func TestPulls(t *testing.T) {
	t.Parallel()
	server := githubtest.New(t)
	other := strings.Repeat("b", 40)
	for _, p := range []githubtest.Pull{
		{Number: 1, HeadSHA: sha, HeadRef: "improve", HeadOwner: "stranger", BaseRef: "main", BaseSHA: other, Author: "stranger", Open: true},
		{Number: 2, HeadSHA: sha, HeadRef: "improve", HeadOwner: "stranger", BaseRef: "old", Author: "stranger"},
		{Number: 3, HeadSHA: other, HeadRef: "improve", HeadOwner: "stranger", BaseRef: "main", Author: "stranger", Open: true},
		{Number: 4, HeadSHA: sha, HeadRef: "improve", BaseRef: "main", Author: "ada", Open: true},
		{Number: 5, HeadSHA: sha, HeadRef: "closed", BaseRef: "main", Author: "ada"},
	} {
		server.AddPull(p)
	}
	client := connect(t, (&clock{}).options(server.URL))
	want := github.Pull{Number: 1, HeadSHA: sha, HeadRef: "improve", HeadOwner: "stranger", Open: true}
	if got, err := client.Pull(t.Context(), 1); err != nil || got != want {
		t.Errorf("pull 1: got %+v, %v", got, err)
	}
	if _, err := client.Pull(t.Context(), 9); !errors.Is(err, github.ErrNotFound) {
		t.Errorf("pull 9: got %v, want not found", err)
	}
	for name, tc := range map[string]struct {
		owner, branch, sha string
		number             int
	}{
		"a fork's, the open one":  {"stranger", "improve", sha, 1},
		"a fork's, pushed since":  {"stranger", "improve", other, 3},
		"the repository's own":    {"octo-org", "improve", sha, 4},
		"a closed one":            {"octo-org", "closed", sha, 5},
		"an older commit":         {"octo-org", "improve", other, 0},
		"no branch of that name":  {"octo-org", "nothing", sha, 0},
		"a name with odd letters": {"octo-org", "a b&state=open#", sha, 0},
	} {
		got, err := client.PullOf(t.Context(), tc.owner, tc.branch, tc.sha)
		if got.Number != tc.number || (tc.number == 0) != errors.Is(err, github.ErrNotFound) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

func TestContents(t *testing.T) {
	t.Parallel()
	server := githubtest.New(t)
	server.SetFile("main", "tuning data/tunegate.yaml", []byte("name: tutor\n"))
	server.SetFile("main", "empty", nil)
	server.SetFile("main", "large", bytes.Repeat([]byte("x"), 2<<20))
	client := connect(t, (&clock{}).options(server.URL))
	for path, tc := range map[string]struct{ text, wrong string }{
		"tuning data/tunegate.yaml": {text: "name: tutor\n"},
		"empty":                     {},
		"large":                     {wrong: "2097152 bytes"},
		"tuning data":               {wrong: "not a file"},
		"missing":                   {wrong: "not found"},
		"../other":                  {wrong: ".."},
	} {
		got, err := client.Contents(t.Context(), path, "main")
		switch {
		case tc.wrong != "" && (err == nil || !strings.Contains(err.Error(), tc.wrong) || !strings.Contains(err.Error(), path)):
			t.Errorf("%s: got %v, want it to say %q", path, err, tc.wrong)
		case tc.wrong == "" && (err != nil || string(got) != tc.text):
			t.Errorf("%s: got %q, %v", path, got, err)
		}
	}
}
