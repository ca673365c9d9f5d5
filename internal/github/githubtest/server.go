// Package githubtest is a fake of GitHub's REST API for tests. It holds pull requests,
// files and faults, and keeps what a client leaves: comments, statuses, check runs,
// releases, deployments. Each request and each answer is checked against GitHub's own
// description (openapi.json), and what that says only in prose is enforced too.
package githubtest

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/routers"
)

// Repository is the one that a Server holds, unless SetRepository says another.
const Repository = "octo-org/tunes"

// Bot is who writes with a workflow's token.
const Bot = "github-actions[bot]"

const web = "https://github.com"

// T is the part of testing.TB that a Server needs.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Request is one that the server got. Path is below the root of the API, or of the
// uploads, and without the query.
type Request struct{ Method, Path string }

// Server is a fake of GitHub with one repository.
type Server struct {
	URL string // root of the API, like GITHUB_API_URL: no slash at its end

	t      T
	router routers.Router
	done   chan struct{} // closed when the test ends

	mu          sync.Mutex
	owner, name string
	writer      string // who the token is
	last        int64  // id given out last
	faults      []*armed
	requests    []Request
	pulls       []Pull
	files       map[file][]byte
	comments    []comment
	statuses    []status
	checks      []*CheckRun
	releases    []*Release
	deployments []*Deployment
}

// New starts a server that stops with the test. The test fails on each request and
// each answer that GitHub's description does not allow.
func New(t T) *Server {
	t.Helper()
	router, err := describe()
	if err != nil {
		t.Fatalf("%v (hint: make it again, prune/main.go says how)", err)
	}
	s := &Server{t: t, router: router, writer: Bot, done: make(chan struct{}), files: map[file][]byte{}}
	s.SetRepository(Repository)
	listener := httptest.NewServer(s)
	s.URL = listener.URL + apiRoot
	t.Cleanup(func() {
		close(s.done)
		listener.Close()
	})
	return s
}

// SetRepository renames the repository to OWNER/NAME.
func (s *Server) SetRepository(repository string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owner, s.name, _ = strings.Cut(repository, "/")
}

// Requests returns all requests since the start or Reset, the failed ones too.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Reset forgets the requests so far.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// id returns a new number; later ones are higher.
func (s *Server) id() int64 {
	s.last++
	return s.last
}

// at is the time at which an id was given out: a second later for each.
func at(id int64) string {
	return time.Date(2026, 11, 2, 0, 0, int(id), 0, time.UTC).Format(time.RFC3339)
}

// page returns the address of something in the repository, for people.
func (s *Server) page(path string) string {
	return web + "/" + s.owner + "/" + s.name + "/" + path
}

func user(login string) object {
	kind := "User"
	if strings.HasSuffix(login, "[bot]") {
		kind = "Bot"
	}
	return object{"login": login, "type": kind, "html_url": web + "/" + login}
}

var _ http.Handler = (*Server)(nil)
