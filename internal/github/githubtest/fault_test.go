package githubtest

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestFaultsWithAnAnswer wants each to come once, to leave nothing, and to be
// followed by the usual answer.
func TestFaultsWithAnAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  Fault
		status int
		header map[string]string // "" means absent
		body   string
	}{
		"502":                   {Fault{Kind: BadGateway}, 502, map[string]string{"Content-Type": "text/html"}, "<html>"},
		"secondary with a wait": {Fault{Kind: Secondary, Wait: 1500 * time.Millisecond}, 403, map[string]string{"Retry-After": "2"}, "#about-secondary-rate-limits"},
		"secondary, silent":     {Fault{Kind: Secondary}, 403, map[string]string{"Retry-After": ""}, "secondary rate limit"},
		"429 without headers":   {Fault{Kind: Limit429}, 429, map[string]string{"Retry-After": "", "X-Ratelimit-Remaining": ""}, "rate limit"},
		"primary":               {Fault{Kind: Primary}, 403, map[string]string{"X-Ratelimit-Remaining": "0", "Retry-After": ""}, "API rate limit exceeded"},
		"forbidden":             {Fault{Kind: Forbidden}, 403, map[string]string{"X-Ratelimit-Remaining": ""}, "Resource not accessible by integration"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t)
			c.s.Fail(test.fault)
			response, err := c.try("POST", "issues/7/comments", object{"body": "hello"})
			if err != nil {
				t.Fatal(err)
			}
			body := text(t, response)
			if response.StatusCode != test.status || !strings.Contains(body, test.body) {
				t.Errorf("%d %s, want %d with %q", response.StatusCode, body, test.status, test.body)
			}
			for name, want := range test.header {
				if got := response.Header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if len(c.s.Comments(7)) != 0 {
				t.Error("the failed request left a comment")
			}
			c.do("POST", "issues/7/comments", object{"body": "hello"}, 201)
		})
	}
}

func TestPrimaryLimitTellsWhenItEnds(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]time.Duration{0: time.Hour, 90 * time.Second: 90 * time.Second} {
		c := start(t)
		c.s.Fail(Fault{Kind: Primary, Wait: wait})
		header, _ := c.do("GET", "pulls", nil, 403)
		seconds, err := strconv.ParseInt(header.Get("X-Ratelimit-Reset"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if left := time.Until(time.Unix(seconds, 0)); left < want-10*time.Second || left > want {
			t.Errorf("the limit ends in %v, want %v", left, want)
		}
	}
}

func TestFaultsWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind Kind
		left int // comments
	}{"lost": {Lost, 1}, "lost before": {LostBefore, 0}, "hang": {Hang, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t)
			c.http.Timeout = time.Second
			c.do("GET", "pulls", nil, 200) // so that the connection is a used one
			c.s.Fail(Fault{Kind: test.kind})
			response, err := c.try("POST", "issues/7/comments", object{"body": "hello"})
			if err == nil {
				response.Body.Close()
				t.Fatalf("got an answer: %s", response.Status)
			}
			if comments := c.s.Comments(7); len(comments) != test.left {
				t.Errorf("%d comments, want %d", len(comments), test.left)
			}
			if requests := c.s.Requests(); len(requests) != 2 {
				t.Errorf("requests: %v, want 2", requests)
			}
			c.do("GET", "pulls", nil, 200)
		})
	}
}

func TestFaultsStrikeWhatTheyName(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.s.Fail(Fault{Method: "POST", Path: "^/repos/" + Repository + "/statuses/", Kind: BadGateway, After: 1, Times: 2})
	c.s.Fail(Fault{Method: "GET", Path: "/pulls/7$", Kind: Forbidden, Times: -1})
	state := object{"state": "success"}
	for _, want := range []int{201, 502, 502, 201} {
		c.do("POST", "statuses/"+sha, state, want)
	}
	c.do("GET", "commits/"+sha+"/statuses", nil, 200)
	c.do("GET", "pulls", nil, 200)
	for range 3 {
		c.do("GET", "pulls/7", nil, 403)
	}
}

func TestRequestsAreKept(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.s.Fail(Fault{Method: "POST", Kind: BadGateway})
	c.do("POST", "statuses/"+sha, object{"state": "success"}, 502)
	c.do("GET", "issues/7/comments?per_page=100", nil, 200)
	want := []Request{
		{http.MethodPost, "/repos/" + Repository + "/statuses/" + sha},
		{http.MethodGet, "/repos/" + Repository + "/issues/7/comments"},
	}
	same(t, c.s.Requests(), want)
	c.s.Reset()
	same(t, c.s.Requests(), nil)
}

func TestUploadThatBreaksOffLeavesAStarter(t *testing.T) {
	t.Parallel()
	c := start(t)
	_, release := c.do("POST", "releases", object{"tag_name": "model-1", "draft": true}, 201)
	assets, _, _ := strings.Cut(release.(object)["upload_url"].(string), "{")
	c.s.Fail(Fault{Method: "POST", Path: "/assets$", Kind: BadGateway})
	c.do("POST", assets+"?name=card.md", []byte("card"), 502)
	same(t, c.s.Releases()[0].Assets, []Asset{{ID: 2, Name: "card.md", State: "starter", Type: "text/markdown"}})
	c.do("POST", assets+"?name=card.md", []byte("card"), 422)
	c.do("GET", "releases/1/assets?per_page=100", nil, 200)
	c.do("DELETE", "releases/assets/2", nil, 204)
	c.do("POST", assets+"?name=card.md", []byte("card"), 201)
	same(t, c.s.Releases()[0].Assets, []Asset{{ID: 3, Name: "card.md", State: "uploaded", Type: "text/markdown", Data: []byte("card")}})
}
