package githubtest

import (
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// Kind says how a request goes wrong.
type Kind int

// What can happen to a request. The work is not done, except with Lost.
const (
	BadGateway Kind = iota + 1 // 502 with a page of HTML; an upload leaves an asset of state starter
	Secondary                  // 403 of the secondary limit, with Retry-After where Wait says so
	Limit429                   // 429 without Retry-After and without the headers of the limits
	Primary                    // 403 with nothing remaining; reset after Wait, or an hour
	Forbidden                  // 403 for a token that lacks the right
	Hang                       // no answer until the client gives up
	LostBefore                 // the connection closes without an answer
	Lost                       // the same, after the work is done
)

// Fault strikes the requests of a method (all if empty) whose path, below the API's
// root and without the query, matches a regular expression: After of them pass,
// then it strikes Times (0 means once, -1 always). Of several faults the one
// that was set first strikes.
type Fault struct {
	Method, Path string
	Kind         Kind
	Times, After int
	Wait         time.Duration
}

type armed struct {
	Fault
	path *regexp.Regexp
	left int
}

// Fail lets requests go wrong from now on.
func (s *Server) Fail(fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fault.Times == 0 {
		fault.Times = 1
	}
	s.faults = append(s.faults, &armed{Fault: fault, path: regexp.MustCompile(fault.Path), left: fault.Times})
}

// struck returns the fault that strikes this request, of no kind if none does.
func (s *Server) struck(method, path string) Fault {
	for _, fault := range s.faults {
		if fault.Method != "" && fault.Method != method || !fault.path.MatchString(path) || fault.left == 0 {
			continue
		}
		if fault.After > 0 {
			fault.After--
			continue
		}
		fault.left--
		return fault.Fault
	}
	return Fault{}
}

// answer returns what GitHub says under the fault, nothing if it does not answer.
func (f Fault) answer() answer {
	const limits = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
	secondary := object{
		"message":           "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
		"documentation_url": limits + "#about-secondary-rate-limits",
	}
	seconds := int64((f.Wait + time.Second - 1) / time.Second)
	switch f.Kind {
	case BadGateway:
		return answer{
			status: http.StatusBadGateway,
			page:   []byte("<html><head><title>502 Bad Gateway</title></head></html>\n"),
			header: http.Header{"Content-Type": {"text/html"}},
		}
	case Secondary:
		limited := answer{status: http.StatusForbidden, body: secondary, header: http.Header{}}
		if f.Wait > 0 {
			limited.header.Set("Retry-After", strconv.FormatInt(seconds, 10))
		}
		return limited
	case Limit429:
		return answer{status: http.StatusTooManyRequests, body: secondary}
	case Primary:
		if seconds == 0 {
			seconds = 3600
		}
		return answer{
			status: http.StatusForbidden,
			body:   object{"message": "API rate limit exceeded for installation.", "documentation_url": limits},
			header: http.Header{
				"X-Ratelimit-Limit":     {"1000"},
				"X-Ratelimit-Remaining": {"0"},
				"X-Ratelimit-Reset":     {strconv.FormatInt(time.Now().Unix()+seconds, 10)},
			},
		}
	case Forbidden:
		return answer{status: http.StatusForbidden, body: object{
			"message":           "Resource not accessible by integration",
			"documentation_url": "https://docs.github.com/rest",
		}}
	}
	return answer{}
}
