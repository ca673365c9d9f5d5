package github_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/github/githubtest"
)

const marker = "<!-- tunegate"

// numbered is a comment of ours whose marker holds how new it is.
func numbered(n int) string { return fmt.Sprintf("%s %d -->\nrun %d", marker, n, n) }

// sticky replaces those that are not newer.
func sticky(n int) github.Sticky {
	return github.Sticky{Marker: marker, Body: numbered(n), Replaces: func(old string) bool {
		var other int
		fmt.Sscanf(old, marker+" %d", &other)
		return other <= n
	}}
}

type said struct{ author, body string }

func comments(server *githubtest.Server) (all []said) {
	for _, c := range server.Comments(7) {
		all = append(all, said{c.Author, c.Body})
	}
	return all
}

func TestOneCommentIsKept(t *testing.T) {
	t.Parallel()
	bot := githubtest.Bot
	var talk []said
	for i := range 230 {
		talk = append(talk, said{"ada", fmt.Sprint("talk ", i)})
	}
	others := []said{{"ada", numbered(1)}, {bot, "quoted: " + numbered(1)}, {"other[bot]", "<!-- other -->"}}
	for name, tc := range map[string]struct {
		before, after []said
		wrote         bool
		requests      int
	}{
		"another bot's":          {[]said{{"dependabot[bot]", numbered(6)}}, []said{{"dependabot[bot]", numbered(6)}, {bot, numbered(5)}}, true, 3},
		"none there":             {nil, []said{{bot, numbered(5)}}, true, 3},
		"others' are left":       {others, append(slices.Clone(others), said{bot, numbered(5)}), true, 3},
		"an older one":           {[]said{{bot, numbered(4)}}, []said{{bot, numbered(5)}}, true, 2},
		"the same":               {[]said{{bot, numbered(5)}}, []said{{bot, numbered(5)}}, true, 1},
		"the same, as stored":    {[]said{{bot, strings.ReplaceAll(numbered(5), "\n", "\r\n")}}, []said{{bot, strings.ReplaceAll(numbered(5), "\n", "\r\n")}}, true, 1},
		"a newer one":            {[]said{{bot, numbered(6)}}, []said{{bot, numbered(6)}}, false, 1},
		"behind two pages":       {append(slices.Clone(talk), said{bot, numbered(4)}), append(slices.Clone(talk), said{bot, numbered(5)}), true, 4},
		"older duplicates":       {[]said{{bot, numbered(3)}, {bot, numbered(4)}}, []said{{bot, numbered(5)}}, true, 3},
		"ours is one of several": {[]said{{bot, numbered(3)}, {bot, numbered(5)}}, []said{{bot, numbered(5)}}, true, 2},
		"newer and older":        {[]said{{bot, numbered(6)}, {bot, numbered(4)}}, []said{{bot, numbered(6)}}, false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client, _ := fake(t)
			for _, c := range tc.before {
				server.AddComment(7, c.author, c.body)
			}
			url, wrote, err := client.Upsert(t.Context(), 7, sticky(5))
			if err != nil || wrote != tc.wrote || !strings.Contains(url, "/pull/7#issuecomment-") {
				t.Errorf("got %q, %v, %v", url, wrote, err)
			}
			if got := comments(server); !slices.Equal(got, tc.after) {
				t.Errorf("left %q", got)
			}
			if n := len(server.Requests()); n != tc.requests {
				t.Errorf("%d requests, want %d", n, tc.requests)
			}
		})
	}
}

func TestTwoJobsCommentAtOnce(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		other int
		want  string
		wrote bool
	}{
		"the other is older": {4, numbered(5), true},
		"the other is newer": {6, numbered(6), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _, _ := fake(t)
			client, _ := between(t, server, func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
				if r.Method == http.MethodPost {
					server.AddComment(7, githubtest.Bot, numbered(tc.other))
				}
				pass.ServeHTTP(w, r)
			})
			_, wrote, err := client.Upsert(t.Context(), 7, sticky(5))
			if err != nil || wrote != tc.wrote {
				t.Errorf("got %v, %v", wrote, err)
			}
			if got := comments(server); len(got) != 1 || got[0].body != tc.want {
				t.Errorf("left %q", got)
			}
		})
	}
}

func TestACommentThatGoesMeanwhileIsMadeAgain(t *testing.T) {
	t.Parallel()
	server, _, _ := fake(t)
	server.AddComment(7, githubtest.Bot, numbered(4))
	taken := false
	client, _ := between(t, server, func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		if r.Method == http.MethodPatch && !taken {
			taken = true
			gone := r.Clone(r.Context())
			gone.Method, gone.Body, gone.ContentLength = http.MethodDelete, http.NoBody, 0
			gone.Header.Del("Content-Type")
			pass.ServeHTTP(discard{http.Header{}}, gone)
		}
		pass.ServeHTTP(w, r)
	})
	if _, wrote, err := client.Upsert(t.Context(), 7, sticky(5)); err != nil || !wrote {
		t.Errorf("got %v, %v", wrote, err)
	}
	if got := comments(server); !slices.Equal(got, []said{{githubtest.Bot, numbered(5)}}) {
		t.Errorf("left %q", got)
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// TestAnotherOnesToken: with a wrong author the comment that the token wrote before is
// found by what GitHub says of a new one. A stranger's stays, whatever it begins with.
func TestAnotherOnesToken(t *testing.T) {
	t.Parallel()
	server, _, c := fake(t)
	const app = "my-app[bot]"
	server.SetWriter(app)
	strangers := []said{{"eve", numbered(1)}, {githubtest.Bot, "<!-- other -->"}}
	for _, s := range strangers {
		server.AddComment(7, s.author, s.body)
	}
	var first string
	for n := 2; n <= 4; n++ {
		client := connect(t, c.options(server.URL)) // each run has its own
		url, wrote, err := client.Upsert(t.Context(), 7, sticky(n))
		if login, mistaken := client.Writer(); err != nil || !wrote || login != app || !mistaken {
			t.Errorf("run %d: %v, %v, %q, %v", n, wrote, err, login, mistaken)
		}
		if first == "" {
			first = url
		}
		if got := comments(server); url != first || !slices.Equal(got, append(slices.Clone(strangers), said{app, numbered(n)})) {
			t.Errorf("run %d left %q at %s", n, got, url)
		}
	}

	// A newer one of the same token stays, and the one that was made goes.
	client := connect(t, c.options(server.URL))
	if url, wrote, err := client.Upsert(t.Context(), 7, sticky(3)); err != nil || wrote || url != first {
		t.Errorf("an older run: %s, %v, %v", url, wrote, err)
	}
	if got := comments(server); len(got) != 3 || got[2] != (said{app, numbered(4)}) {
		t.Errorf("an older run left %q", got)
	}

	// With the right author nothing is made anew.
	o := c.options(server.URL)
	o.Author = app
	before := len(server.Requests())
	client = connect(t, o)
	if _, wrote, err := client.Upsert(t.Context(), 7, sticky(5)); err != nil || !wrote || len(server.Requests()) != before+2 {
		t.Errorf("%v, %v, %d requests", wrote, err, len(server.Requests())-before)
	}
	if _, mistaken := client.Writer(); mistaken {
		t.Error("the right author is mistaken")
	}
}

func TestAListThatLagsBehindMakesNoSecondComment(t *testing.T) {
	t.Parallel()
	server, _, _ := fake(t)
	client, _ := between(t, server, func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		if r.Method == http.MethodGet {
			fmt.Fprint(w, "[]")
			return
		}
		pass.ServeHTTP(w, r)
	})
	if url, wrote, err := client.Upsert(t.Context(), 7, sticky(5)); err != nil || !wrote || url == "" {
		t.Errorf("got %q, %v, %v", url, wrote, err)
	}
	if got := comments(server); len(got) != 1 {
		t.Errorf("left %q", got)
	}
}

func TestNoPullRequestNoComment(t *testing.T) {
	t.Parallel()
	_, client, _ := fake(t)
	if _, _, err := client.Upsert(t.Context(), 8, sticky(5)); !errors.Is(err, github.ErrNotFound) {
		t.Errorf("got %v, want not found", err)
	}
}
