package githubtest

import (
	"strings"
	"testing"
)

func TestProseOfComments(t *testing.T) {
	t.Parallel()
	c := start(t)
	longest := strings.Repeat("ä", 65536)
	_, comment := c.do("POST", "issues/7/comments", object{"body": longest}, 201)
	c.do("POST", "issues/7/comments", object{"body": longest + "x"}, 422)
	c.do("PATCH", "issues/comments/"+id(comment), object{"body": longest + "x"}, 422)
	c.do("POST", "issues/7/comments", object{"body": ""}, 422)
	c.do("POST", "issues/8/comments", object{"body": "x"}, 404)
	c.do("PATCH", "issues/comments/99", object{"body": "x"}, 404)
	c.do("GET", "issues/8/comments?per_page=100", nil, 404)
}

func TestProseOfStatuses(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.do("POST", "statuses/abc", object{"state": "success"}, 422)
	c.do("POST", "statuses/"+sha, object{"state": "success", "target_url": "run/1"}, 422)
	c.do("POST", "statuses/"+sha, object{"state": "success", "description": strings.Repeat("ä", 141)}, 422)
	c.do("POST", "statuses/"+sha, object{"state": "success", "description": strings.Repeat("ä", 140)}, 201)
	for len(c.s.statuses) < most {
		c.s.statuses = append(c.s.statuses, status{Status{Context: "default"}, c.s.id(), sha})
	}
	c.do("POST", "statuses/"+sha, object{"state": "success"}, 422)
	c.do("POST", "statuses/"+sha, object{"state": "success", "context": "tunegate"}, 201)
}

func TestProseOfCheckRuns(t *testing.T) {
	t.Parallel()
	c := start(t)
	create := object{"name": "n", "head_sha": sha, "status": "completed"}
	c.do("POST", "check-runs", create, 422)
	create["conclusion"] = "failure"
	c.do("POST", "check-runs", create, 201)
	c.do("POST", "check-runs", object{"name": "n", "head_sha": "main"}, 422)
	for name, test := range map[string]struct {
		change object
		want   int
	}{
		"message of 64 KB":     {object{"message": strings.Repeat("x", 64<<10)}, 201},
		"message over 64 KB":   {object{"message": strings.Repeat("x", 64<<10+1)}, 422},
		"details over 64 KB":   {object{"raw_details": strings.Repeat("x", 64<<10+1)}, 422},
		"title of 255":         {object{"title": strings.Repeat("ä", 255)}, 201},
		"title over 255":       {object{"title": strings.Repeat("ä", 256)}, 422},
		"columns of one line":  {object{"start_column": 1, "end_column": 2}, 201},
		"columns of two lines": {object{"end_line": 2, "start_column": 1, "end_column": 2}, 422},
		"lines out of order":   {object{"start_line": 3}, 422},
		"absolute path":        {object{"path": "/a.json"}, 422},
	} {
		annotation := object{"path": "a.json", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "m"}
		for name, value := range test.change {
			annotation[name] = value
		}
		create["output"] = object{"title": "t", "summary": "s", "annotations": []object{annotation}}
		t.Run(name, func(t *testing.T) {
			client{t: t, s: c.s, http: c.http}.do("POST", "check-runs", create, test.want)
		})
	}
}

func TestProseOfReleases(t *testing.T) {
	t.Parallel()
	c := start(t)
	draft := object{"tag_name": "model-1", "draft": true}
	c.do("POST", "releases", object{"tag_name": "model-1", "draft": true, "body": strings.Repeat("x", longest+1)}, 422)
	_, first := c.do("POST", "releases", draft, 201)
	_, second := c.do("POST", "releases", draft, 201)
	c.do("GET", "releases/tags/model-1", nil, 404)
	c.do("PATCH", "releases/"+id(first), object{"draft": false}, 200)
	c.do("PATCH", "releases/"+id(second), object{"draft": false}, 422)
	_, found := c.do("GET", "releases/tags/model-1", nil, 200)
	same(t, id(found), id(first))

	assets := func(release any) string {
		address, _, _ := strings.Cut(release.(object)["upload_url"].(string), "{")
		return address
	}
	c.do("POST", assets(first)+"?name=card.md", []byte("x"), 422)
	c.do("POST", assets(second)+"?name=card.md", []byte(""), 400)
	_, asset := c.do("POST", assets(second)+"?name=model+card+(new).md", []byte("x"), 201)
	same(t, asset.(object)["name"], any("model.card.new.md"))
}

func TestProseOfDeployments(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.do("POST", "deployments", object{"ref": "main"}, 202)
	c.do("POST", "deployments", object{"ref": "main", "auto_merge": false}, 409)
	same(t, len(c.s.Deployments()), 0)
	states := func() (states []string) {
		for _, made := range c.s.Deployments() {
			states = append(states, made.state())
		}
		return states
	}
	for _, environment := range []string{"tunegate/tutor", "tunegate/tutor", "production", "production"} {
		_, made := c.do("POST", "deployments", deploy(environment), 201)
		address := "deployments/" + id(made) + "/statuses"
		c.do("POST", address, object{"state": "success", "description": strings.Repeat("ä", 141)}, 422)
		c.do("POST", address, object{"state": "success", "description": strings.Repeat("ä", 140)}, 201)
	}
	same(t, states(), []string{"inactive", "success", "success", "success"})
	same(t, c.s.Deployments()[0].Payload, any(object{"version": "2"}))
}

func TestWritersNeedAToken(t *testing.T) {
	t.Parallel()
	c := start(t)
	response, err := c.http.Get(c.s.URL + "/repos/" + Repository + "/pulls")
	if err != nil {
		t.Fatal(err)
	}
	if text(t, response); response.StatusCode != 401 {
		t.Errorf("%s, want 401", response.Status)
	}
	c.do("GET", c.s.URL+"/repos/octo-org/other/pulls", nil, 404)
	c.s.SetRepository("octo-org/other")
	c.do("GET", c.s.URL+"/repos/octo-org/other/pulls", nil, 200)
}
