package githubtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// recorder is a T that keeps what a test would fail with.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func TestEveryOperationHasAHandler(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(openapi)
	if err != nil {
		t.Fatal(err)
	}
	var described []string
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			described = append(described, operation.OperationID)
		}
	}
	for id := range operations {
		if !slices.Contains(described, id) {
			t.Errorf("%s is not in openapi.json", id)
		}
	}
	if len(described) != len(operations) {
		t.Errorf("openapi.json has %d operations, the fake %d", len(described), len(operations))
	}
}

func TestRequestsThatTheDescriptionForbids(t *testing.T) {
	t.Parallel()
	output := object{"title": "t", "summary": "s"}
	annotations := make([]object, 51)
	for i := range annotations {
		annotations[i] = object{"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}
	}
	for name, test := range map[string]struct {
		method, path string
		body         any
		want         string
	}{
		"misspelt field":        {"POST", "statuses/" + sha, object{"state": "success", "contxt": "tunegate"}, `property "contxt" is unsupported`},
		"misspelt inner field":  {"POST", "check-runs", object{"name": "n", "head_sha": sha, "output": object{"title": "t", "summary": "s", "txt": ""}}, `property "txt" is unsupported`},
		"missing field":         {"POST", "issues/7/comments", object{}, `property "body" is missing`},
		"wrong type":            {"POST", "issues/7/comments", object{"body": 1}, "value must be a string"},
		"unknown state":         {"POST", "statuses/" + sha, object{"state": "passed"}, "not one of the allowed values"},
		"completed, no outcome": {"PATCH", "check-runs/1", object{"status": "completed", "output": output}, "doesn't match any schema"},
		"51 annotations":        {"POST", "check-runs", object{"name": "n", "head_sha": sha, "output": object{"title": "t", "summary": "s", "annotations": annotations}}, "maximum number of items is 50"},
		"misspelt parameter":    {"GET", "pulls?stat=all", nil, `has no parameter "stat"`},
		"unknown path":          {"GET", "pulls/7/reviews", nil, "no matching operation"},
		"unknown method":        {"DELETE", "pulls/7", nil, "method not allowed"},
		"a body with GET":       {"GET", "pulls", object{"state": "all"}, "request body"},
		"upload to the API":     {"POST", "releases/1/assets?name=a", []byte("x"), "wrong root"},
		"upload without a name": {"POST", "UPLOADS/repos/" + Repository + "/releases/1/assets", []byte("x"), `parameter "name" in query`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := &recorder{TB: t}
			c := client{t: t, s: New(seen), http: &http.Client{}}
			uploads := strings.TrimSuffix(c.s.URL, apiRoot) + uploadsRoot
			response, err := c.try(test.method, strings.Replace(test.path, "UPLOADS", uploads, 1), test.body)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if got := strings.Join(seen.said, "\n"); len(seen.said) != 1 || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want one with %q", got, test.want)
			}
		})
	}
}

func TestAnswersThatTheDescriptionForbids(t *testing.T) {
	t.Parallel()
	seen := &recorder{TB: t}
	c := client{t: t, s: New(seen), http: &http.Client{}}
	c.s.checks = append(c.s.checks, &CheckRun{SHA: sha, Status: "lost"})
	c.do("GET", "commits/"+sha+"/check-runs", nil, 200)
	if got := strings.Join(seen.said, "\n"); !strings.Contains(got, "not one of the allowed values") {
		t.Errorf("a check run of no known status passed: %q", got)
	}
}

// BenchmarkLoad reads the description anew: what the first server of a test costs.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := load(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkExchanges is one request of each operation, with an own server.
func BenchmarkExchanges(b *testing.B) {
	for b.Loop() {
		everyOperation(start(b))
	}
}
