package githubtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const sha = "0123456789abcdef0123456789abcdef01234567"

// client sends requests to a server as a workflow's job would.
type client struct {
	t    testing.TB
	s    *Server
	http *http.Client
}

func start(t testing.TB) client {
	s := New(t)
	s.AddPull(Pull{Number: 7, HeadSHA: sha, HeadRef: "improve", BaseRef: "main", BaseSHA: sha, Author: "ann", Open: true})
	return client{t: t, s: s, http: &http.Client{}}
}

// try sends a request; path is below the repository, or a whole address.
func (c client) try(method, path string, body any) (*http.Response, error) {
	c.t.Helper()
	var data io.Reader
	kind := "application/json"
	switch body := body.(type) {
	case nil:
	case []byte:
		data, kind = bytes.NewReader(body), "text/markdown"
	default:
		encoded, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		data = bytes.NewReader(encoded)
	}
	if !strings.HasPrefix(path, "http") {
		path = c.s.URL + "/repos/" + Repository + "/" + path
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, path, data)
	if err != nil {
		c.t.Fatal(err)
	}
	if data != nil {
		request.Header.Set("Content-Type", kind)
	}
	request.Header.Set("Authorization", "Bearer secret")
	return c.http.Do(request)
}

// do sends a request, wants the status, and returns the answer's header and what its
// JSON says.
func (c client) do(method, path string, body any, want int) (http.Header, any) {
	c.t.Helper()
	response, err := c.try(method, path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	data := text(c.t, response)
	if response.StatusCode != want {
		c.t.Fatalf("%s %s: status %d, want %d: %.300s", method, path, response.StatusCode, want, data)
	}
	var said any
	if strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal([]byte(data), &said); err != nil {
			c.t.Fatal(err)
		}
	}
	return response.Header, said
}

func id(said any) string { return fmt.Sprintf("%.0f", said.(object)["id"]) }

// TestEveryOperation asks for each once; the answers are checked by the server.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	c := start(t)
	everyOperation(c)
	want := map[string]int{"statuses": 1, "checks": 1, "releases": 1, "deployments": 1, "comments": 0}
	got := map[string]int{
		"statuses": len(c.s.Statuses(sha)), "checks": len(c.s.CheckRuns(sha)), "releases": len(c.s.Releases()),
		"deployments": len(c.s.Deployments()), "comments": len(c.s.Comments(7)),
	}
	same(t, got, want)
}

func everyOperation(c client) {
	c.s.SetFile("main", "tunegate.yaml", []byte("name: tutor\n"))
	c.do("GET", "pulls", nil, 200)
	c.do("GET", "pulls/7", nil, 200)
	c.do("GET", "commits/"+sha+"/pulls", nil, 200)
	c.do("GET", "contents/tunegate.yaml?ref=main", nil, 200)

	_, comment := c.do("POST", "issues/7/comments", object{"body": "hello"}, 201)
	c.do("GET", "issues/7/comments", nil, 200)
	c.do("PATCH", "issues/comments/"+id(comment), object{"body": "again"}, 200)
	c.do("DELETE", "issues/comments/"+id(comment), nil, 204)

	c.do("POST", "statuses/"+sha, object{"state": "success", "context": "tunegate"}, 201)
	c.do("GET", "commits/"+sha+"/statuses", nil, 200)
	c.do("GET", "commits/"+sha+"/status", nil, 200)
	_, run := c.do("POST", "check-runs", object{"name": "tunegate data", "head_sha": sha, "status": "completed", "conclusion": "neutral"}, 201)
	c.do("PATCH", "check-runs/"+id(run), object{"output": object{"title": "t", "summary": "s"}}, 200)
	c.do("GET", "commits/"+sha+"/check-runs", nil, 200)

	_, release := c.do("POST", "releases", object{"tag_name": "model-1", "draft": true}, 201)
	c.do("GET", "releases", nil, 200)
	c.do("GET", "releases/"+id(release), nil, 200)
	uploads, _, _ := strings.Cut(release.(object)["upload_url"].(string), "{")
	_, asset := c.do("POST", uploads+"?name=card.md", []byte("card"), 201)
	c.do("GET", "releases/"+id(release)+"/assets", nil, 200)
	c.do("DELETE", "releases/assets/"+id(asset), nil, 204)
	c.do("PATCH", "releases/"+id(release), object{"draft": false}, 200)
	c.do("GET", "releases/tags/model-1", nil, 200)

	_, deployment := c.do("POST", "deployments", deploy("tunegate/tutor"), 201)
	c.do("GET", "deployments", nil, 200)
	c.do("POST", "deployments/"+id(deployment)+"/statuses", object{"state": "success"}, 201)
	c.do("GET", "deployments/"+id(deployment)+"/statuses", nil, 200)
}

func deploy(environment string) object {
	return object{
		"ref": "main", "environment": environment, "auto_merge": false, "required_contexts": []string{},
		"payload": object{"version": "2"},
	}
}

// same wants two values to be equal.
func same[V any](t testing.TB, got, want V) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("got is +, want is -:\n%s", diff)
	}
}

// text reads the body of a response.
func text(t testing.TB, response *http.Response) string {
	t.Helper()
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
