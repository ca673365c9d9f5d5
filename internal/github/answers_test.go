package github_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tunegate/tunegate/internal/github"
	"github.com/tunegate/tunegate/internal/github/githubtest"
)

// renamed answers for the old name of the repository with a redirect to where it is
// now, /repositories/ID, as GitHub does: 301 to GET, and other to the rest.
func renamed(other int) func(http.ResponseWriter, *http.Request, http.Handler) {
	const old, now = "/repos/octo-org/tunes", "/repositories/1"
	return func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		root, rest, found := strings.Cut(r.URL.Path, old)
		if !found {
			r.URL.Path = strings.Replace(r.URL.Path, now, old, 1)
			pass.ServeHTTP(w, r)
			return
		}
		code := other
		if r.Method == http.MethodGet {
			code = http.StatusMovedPermanently
		}
		w.Header().Set("Location", "http://"+r.Host+root+now+rest+"?"+r.URL.RawQuery)
		w.WriteHeader(code)
		fmt.Fprint(w, `{"message":"Moved Permanently","documentation_url":"https://docs.github.com"}`)
	}
}

// TestARepositoryThatIsRenamedWhileTheJobRuns does each work under the old name, and
// compares what is left with what it leaves under the new one.
func TestARepositoryThatIsRenamedWhileTheJobRuns(t *testing.T) {
	t.Parallel()
	for name, w := range works() {
		calm, total, _ := run(t, w, githubtest.Fault{})
		for _, code := range []int{301, 307} {
			t.Run(fmt.Sprintf("%s/%d", name, code), func(t *testing.T) {
				t.Parallel()
				server, _, _ := fake(t)
				if w.before != nil {
					w.before(server)
				}
				client, c := between(t, server, renamed(code))
				if err := w.do(t, client); err != nil {
					t.Error(err)
				}
				if got := left(t, server); got != calm {
					t.Errorf("left\n%s\nwant\n%s", got, calm)
				}
				if n := len(server.Requests()); n != total || len(c.naps) > 0 {
					t.Errorf("%d requests, want %d; waited %v", n, total, c.naps)
				}
			})
		}
	}
}

// TestTheTokenStaysWithItsServer sends every kind of request to a server that
// redirects it to another, or in circles.
func TestTheTokenStaysWithItsServer(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s arrived elsewhere, with %q", r.Method, r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(elsewhere.Close)
	for to, tc := range map[string]struct {
		want     string
		requests int
	}{
		elsewhere.URL + "/login":   {"a redirect to " + elsewhere.URL + ", but the token is sent to no other host (hint: set GITHUB_API_URL", 1},
		"//evil.example/":          {"a redirect to http://evil.example", 1},
		"https://" + "HOST" + "/x": {"a redirect to https://127.0.0.1", 1}, // of another port, in truth
		"http://u:p@HOST/x":        {"but the token is sent to no other host", 1},
		"/api/v3/elsewhere":        {"cannot be followed", 6},
		"":                         {"cannot be followed", 1},
	} {
		for _, code := range []int{301, 302, 307, 308} {
			t.Run(fmt.Sprint(code, " ", to), func(t *testing.T) {
				t.Parallel()
				requests := 0
				client, _ := between(t, githubtest.New(t), func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
					if requests++; r.Method != http.MethodPost {
						t.Errorf("a POST became %s", r.Method)
					}
					if to != "" {
						w.Header().Set("Location", strings.Replace(to, "HOST", r.Host, 1))
					}
					w.WriteHeader(code)
				})
				err := client.Status(t.Context(), sha, github.Status{State: "success", Context: "tunegate"})
				if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), token) {
					t.Errorf("got %v, want it to say %q", err, tc.want)
				}
				if requests != tc.requests {
					t.Errorf("%d requests, want %d", requests, tc.requests)
				}
			})
		}
	}
}

// TestAnswersThatAreNoLackOfRights has each answer say why it is one.
func TestAnswersThatAreNoLackOfRights(t *testing.T) {
	t.Parallel()
	quote := func(words string) string {
		text, err := json.Marshal(map[string]string{"message": words, "documentation_url": "x"})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for name, tc := range map[string]struct {
		code      int
		body      string
		forbidden bool
		want      []string
	}{
		"integration":    {403, quote("Resource not accessible by integration"), true, []string{"the permission `statuses: write`"}},
		"personal token": {403, quote("Resource not accessible by personal access token"), true, []string{"the permission `statuses: write`"}},
		"locked": {403, quote("Unable to create comment because issue is locked."), true,
			[]string{"because issue is locked. (hint: unlock the conversation)"}},
		"SAML": {403, quote("Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization."), true,
			[]string{"SAML enforcement", "(hint: authorize the token for the organization's single sign-on"}},
		"IP allow list": {403, quote("Although you appear to have the correct authorization credentials, the `octo-org` organization has an IP allow list enabled, and your IP address is not permitted to access this resource."), true,
			[]string{"your IP address is not permitted", "(hint: add the address of this runner to the list)"}},
		"archived": {403, quote("Repository was archived so is read-only."), true,
			[]string{"archived so is read-only. (hint: see GitHub's message for the reason"}},
		"hostile words": {403, quote("\x1b[31mno\n::error::x ##[error]y" + strings.Repeat("z", 5000)), true, []string{"[31mno ::error::x"}},
		"a proxy's 403": {403, "<html><head><title>Blocked by policy</title></head><body>" + strings.Repeat("x", 1<<20), false,
			[]string{"403, but not by GitHub: Blocked by policy (hint: check for a proxy"}},
		"an empty 403":    {403, "", false, []string{"403, but not by GitHub"}},
		"a proxy's login": {200, "<html><body>Please log in to the corporate proxy</body></html>", false, []string{"not from GitHub's API (hint: check for a proxy"}},
		"a proxy's 407":   {407, "<html><title>Proxy Authentication Required</title></html>", false, []string{"refused with 407: Proxy Authentication Required"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, c := between(t, githubtest.New(t), func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				w.WriteHeader(tc.code)
				io.WriteString(w, tc.body)
			})
			err := client.Status(t.Context(), sha, github.Status{State: "success", Context: "tunegate"})
			if err == nil || errors.Is(err, github.ErrForbidden) != tc.forbidden {
				t.Fatalf("got %v", err)
			}
			said := err.Error()
			for _, want := range tc.want {
				if !strings.Contains(said, want) {
					t.Errorf("%q does not say %q", said, want)
				}
			}
			if advises := strings.Contains(said, "give the job"); advises != strings.Contains(tc.body, "not accessible by") {
				t.Errorf("%q advises a permission: %t", said, advises)
			}
			if strings.ContainsAny(said, "\n\x1b") || len(said) > 700 {
				t.Errorf("not cleaned: %q", said)
			}
			if tc.code == 403 && len(c.naps) > 0 {
				t.Errorf("waited %v", c.naps)
			}
		})
	}
}

func TestACertificateThatNobodyHereKnows(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	c := &clock{}
	_, err := connect(t, c.options(server.URL)).Pull(t.Context(), 7)
	if err == nil || !strings.Contains(err.Error(), "x509") || !strings.Contains(err.Error(), "SSL_CERT_FILE") || len(c.naps) > 0 {
		t.Errorf("got %v; waited %v", err, c.naps)
	}
}
