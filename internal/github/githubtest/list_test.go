package githubtest

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"regexp"
	"strconv"
	"testing"
)

func TestListsComeInPages(t *testing.T) {
	t.Parallel()
	c := start(t)
	for i := range 250 {
		c.s.AddComment(7, "ann", strconv.Itoa(i))
	}
	next := regexp.MustCompile(`<([^>]*)>; rel="next"`)
	address := "issues/7/comments?per_page=500"
	var sizes []int
	var bodies []string
	for address != "" {
		header, said := c.do("GET", address, nil, 200)
		sizes = append(sizes, len(said.([]any)))
		for _, comment := range said.([]any) {
			bodies = append(bodies, comment.(object)["body"].(string))
		}
		address = ""
		if found := next.FindStringSubmatch(header.Get("Link")); found != nil {
			address = found[1]
		}
	}
	same(t, sizes, []int{100, 100, 50})
	same(t, []string{bodies[0], bodies[249]}, []string{"0", "249"})
	_, said := c.do("GET", "issues/7/comments", nil, 200)
	same(t, len(said.([]any)), 30)
	_, said = c.do("GET", "issues/7/comments?page=10", nil, 200)
	same(t, len(said.([]any)), 0)
}

func TestPulls(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.s.AddPull(Pull{Number: 8, HeadSHA: sha, HeadOwner: "stranger", HeadRef: "improve", BaseRef: "main", Open: true})
	c.s.AddPull(Pull{Number: 9, HeadRef: "old", BaseRef: "main"})
	for query, want := range map[string][]float64{
		"pulls":                       {8, 7},
		"pulls?state=all":             {9, 8, 7},
		"pulls?state=closed":          {9},
		"pulls?head=stranger:improve": {8},
		"pulls?head=octo-org:improve": {7},
		"pulls?head=improve":          {8, 7},
		"pulls?base=other":            {},
		"commits/" + sha + "/pulls":   {7},
	} {
		_, said := c.do("GET", query, nil, 200)
		got := []float64{}
		for _, pull := range said.([]any) {
			got = append(got, pull.(object)["number"].(float64))
		}
		same(t, got, want)
	}
	c.s.SetHead(7, "new")
	_, said := c.do("GET", "pulls/7", nil, 200)
	same(t, said.(object)["head"].(object)["sha"], any("new"))
	c.do("GET", "pulls/99", nil, 404)
}

func TestContents(t *testing.T) {
	t.Parallel()
	c := start(t)
	large := bytes.Repeat([]byte("x"), inline+1)
	c.s.SetFile("main", "suites/power.suite.yaml", []byte("suite: power\n"))
	c.s.SetFile("main", "suites/large.txt", large)
	_, said := c.do("GET", "contents/suites/power.suite.yaml?ref=main", nil, 200)
	same(t, said.(object)["content"], any(base64.StdEncoding.EncodeToString([]byte("suite: power\n"))))
	_, said = c.do("GET", "contents/suites/large.txt?ref=main", nil, 200)
	same(t, said.(object)["encoding"], any("none"))
	_, said = c.do("GET", "contents/suites?ref=main", nil, 200)
	same(t, said.([]any)[0].(object)["name"], any("large.txt"))
	c.do("GET", "contents/suites/power.suite.yaml?ref=other", nil, 404)
	c.s.SetFile("a/b", "two words.md", []byte("x"))
	_, said = c.do("GET", "contents/two%20words.md?ref=a%2Fb", nil, 200)
	same(t, said.(object)["path"], any("two words.md"))

	request, err := http.NewRequestWithContext(t.Context(), "GET", c.s.URL+"/repos/"+Repository+"/contents/suites/large.txt?ref=main", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer secret")
	request.Header.Set("Accept", "application/vnd.github.raw+json")
	response, err := c.http.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	same(t, text(t, response), string(large))
}

func TestStatusesAndCheckRunsOfACommit(t *testing.T) {
	t.Parallel()
	c := start(t)
	combined := func() any {
		_, said := c.do("GET", "commits/"+sha+"/status", nil, 200)
		return said.(object)["state"]
	}
	same(t, combined(), any("pending"))
	for _, state := range []string{"pending", "success", "failure"} {
		c.do("POST", "statuses/"+sha, object{"state": state, "context": "tunegate"}, 201)
		same(t, combined(), any(state))
	}
	_, said := c.do("GET", "commits/"+sha+"/statuses", nil, 200)
	same(t, said.([]any)[0].(object)["state"], any("failure"))

	names := func(query string) (found []string) {
		_, said := c.do("GET", "commits/"+sha+"/check-runs"+query, nil, 200)
		for _, run := range said.(object)["check_runs"].([]any) {
			found = append(found, run.(object)["external_id"].(string))
		}
		return found
	}
	annotation := object{"path": "a.json", "start_line": 4, "end_line": 4, "start_column": 2, "end_column": 3, "annotation_level": "failure", "message": "m", "title": "t"}
	for _, external := range []string{"1", "2"} {
		output := object{"title": "title", "summary": "summary", "annotations": []object{annotation}}
		_, run := c.do("POST", "check-runs", object{"name": "n", "head_sha": sha, "external_id": external, "output": output}, 201)
		c.do("PATCH", "check-runs/"+id(run), object{"status": "completed", "conclusion": "failure", "output": output}, 200)
	}
	same(t, names(""), []string{"2"})
	same(t, names("?filter=all&status=completed&check_name=n"), []string{"2", "1"})
	kept := Annotation{Path: "a.json", StartLine: 4, EndLine: 4, StartColumn: 2, EndColumn: 3, Level: "failure", Title: "t", Message: "m"}
	same(t, c.s.CheckRuns(sha)[0], CheckRun{
		ID: 4, SHA: sha, Name: "n", ExternalID: "1", Status: "completed", Conclusion: "failure",
		Title: "title", Summary: "summary", Annotations: []Annotation{kept, kept},
	})
}
