package githubtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// call is a request that GitHub's description allows.
type call struct {
	place  string // the whole path
	path   map[string]string
	query  url.Values
	unread map[string]bool // parameters of the query that no handler asked for yet
	header http.Header
	body   []byte
}

func newCall(r *http.Request, path map[string]string, body []byte) call {
	c := call{place: r.URL.Path, path: map[string]string{}, query: r.URL.Query(), unread: map[string]bool{}, header: r.Header, body: body}
	for name, value := range path {
		decoded, err := url.PathUnescape(value)
		if err != nil {
			panic(err) // the address was decoded before
		}
		c.path[name] = decoded
	}
	for name := range c.query {
		c.unread[name] = true
	}
	return c
}

// answer is JSON of the body, or the page as it is.
type answer struct {
	status int
	header http.Header
	body   any
	page   []byte
}

// operations are the handlers by operationId. They run under the server's lock.
var operations = map[string]func(*Server, call) answer{
	"pulls/list": (*Server).listPulls,
	"pulls/get":  (*Server).getPull,
	"repos/list-pull-requests-associated-with-commit": (*Server).listPullsOfCommit,
	"repos/get-content": (*Server).getContents,

	"issues/list-comments":  (*Server).listComments,
	"issues/create-comment": (*Server).createComment,
	"issues/update-comment": (*Server).updateComment,
	"issues/delete-comment": (*Server).deleteComment,

	"repos/create-commit-status":         (*Server).createStatus,
	"repos/list-commit-statuses-for-ref": (*Server).listStatuses,
	"repos/get-combined-status-for-ref":  (*Server).combineStatuses,
	"checks/create":                      (*Server).createCheckRun,
	"checks/update":                      (*Server).updateCheckRun,
	"checks/list-for-ref":                (*Server).listCheckRuns,

	"repos/list-releases":        (*Server).listReleases,
	"repos/create-release":       (*Server).createRelease,
	"repos/get-release-by-tag":   (*Server).getReleaseByTag,
	"repos/get-release":          (*Server).getRelease,
	"repos/update-release":       (*Server).updateRelease,
	"repos/list-release-assets":  (*Server).listAssets,
	"repos/delete-release-asset": (*Server).deleteAsset,
	upload:                       (*Server).uploadAsset,

	"repos/list-deployments":         (*Server).listDeployments,
	"repos/create-deployment":        (*Server).createDeployment,
	"repos/list-deployment-statuses": (*Server).listDeploymentStatuses,
	"repos/create-deployment-status": (*Server).createDeploymentStatus,
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	reply, fate := s.exchange(r, body)
	switch fate {
	case Hang:
		select {
		case <-r.Context().Done():
		case <-s.done:
		}
		panic(http.ErrAbortHandler)
	case Lost, LostBefore:
		panic(http.ErrAbortHandler)
	}
	reply.write(w)
}

// exchange returns the answer to a request, and the kind of the fault that struck it.
func (s *Server) exchange(r *http.Request, body []byte) (answer, Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, apiRoot), uploadsRoot)
	s.requests = append(s.requests, Request{Method: r.Method, Path: path})
	route, input, err := s.allowed(r, body)
	if err != nil {
		s.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		return refuse(http.StatusUnprocessableEntity, err.Error()), 0
	}
	made := newCall(r, input.PathParams, body)
	fault := s.struck(r.Method, path)
	if fault.Kind != 0 && fault.Kind != Lost {
		if fault.Kind == BadGateway && route.Operation.OperationID == upload {
			s.startAsset(made)
		}
		return fault.answer(), fault.Kind
	}
	if r.Header.Get("Authorization") == "" {
		return refuse(http.StatusUnauthorized, "Requires authentication"), 0
	}
	if made.path["owner"] != s.owner || made.path["repo"] != s.name {
		return notFound(), 0
	}
	reply := operations[route.Operation.OperationID](s, made)
	if reply.status < 300 {
		for name := range made.unread {
			s.t.Errorf("%s %s: %s has no parameter %q, or the fake does not know it", r.Method, r.URL, route.Operation.OperationID, name)
		}
	}
	if err := conform(route, input, &reply); err != nil {
		s.t.Errorf("%s %s: the fake answers what GitHub's description does not allow: %v", r.Method, r.URL, err)
	}
	return reply, fault.Kind
}

// allowed finds the operation of a request and checks the request against it.
func (s *Server) allowed(r *http.Request, body []byte) (*routers.Route, *openapi3filter.RequestValidationInput, error) {
	route, parameters, err := s.router.FindRoute(r)
	if err != nil {
		return nil, nil, fmt.Errorf("%w (hint: add it to the operations of prune/main.go)", err)
	}
	uploads := route.Operation.OperationID == upload
	if uploads != strings.HasPrefix(r.URL.Path, uploadsRoot) {
		return nil, nil, fmt.Errorf("wrong root: assets are uploaded below %s, all else is below %s", uploadsRoot, apiRoot)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{
			// An asset is of any media type, and the description knows one only.
			ExcludeRequestBody:                uploads,
			RejectWhenRequestBodyNotSpecified: true,
			SkipSettingDefaults:               true,
		},
	}
	return route, input, openapi3filter.ValidateRequest(r.Context(), input)
}

// conform gives the answer all that the description requires, and checks it.
func conform(route *routers.Route, request *openapi3filter.RequestValidationInput, reply *answer) error {
	described := route.Operation.Responses.Status(reply.status)
	if described == nil || reply.page != nil {
		return nil
	}
	media := described.Value.Content.Get("application/json")
	if media != nil && reply.body != nil {
		complete(media.Schema.Value, reply.body)
	}
	header, data := reply.encode()
	return openapi3filter.ValidateResponse(request.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: reply.status, Header: header, Body: io.NopCloser(bytes.NewReader(data)),
	})
}

func (a answer) encode() (http.Header, []byte) {
	header := a.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if a.body == nil {
		return header, a.page
	}
	data, err := json.Marshal(a.body)
	if err != nil {
		panic(err) // of maps, strings and numbers
	}
	header.Set("Content-Type", "application/json; charset=utf-8")
	return header, data
}

func (a answer) write(w http.ResponseWriter) {
	header, data := a.encode()
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(data) // a client that is gone needs no answer
}

// ask returns a parameter of the query, or the other value.
func (c call) ask(name, otherwise string) string {
	delete(c.unread, name)
	if value := c.query.Get(name); value != "" {
		return value
	}
	return otherwise
}

// number returns a parameter of the path that the description says is an integer.
func (c call) number(name string) int64 {
	n, err := strconv.ParseInt(c.path[name], 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// read decodes the body, which the description has allowed.
func read[V any](c call) (value V) {
	if len(c.body) > 0 {
		if err := json.Unmarshal(c.body, &value); err != nil {
			panic(err)
		}
	}
	return value
}

// refuse is GitHub's answer to what it does not do.
func refuse(status int, message string) answer {
	return answer{status: status, body: object{
		"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status),
	}}
}

func notFound() answer { return refuse(http.StatusNotFound, "Not Found") }

// invalid is the answer to a value that GitHub's prose forbids.
func invalid(resource, field, code, message string) answer {
	reply := refuse(http.StatusUnprocessableEntity, "Validation Failed")
	reply.body.(object)["errors"] = []any{object{"resource": resource, "field": field, "code": code, "message": message}}
	return reply
}
