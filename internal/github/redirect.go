package github

import (
	"net/http"
	"net/url"
	"strings"
)

const maxHops = 5 // of one request

// follow sends a request again to where the server says that its resource moved, with
// the same method and body. GitHub moves what belongs to a renamed repository with
// 301 for GET and 307 for the rest, and asks for requests "repeated verbatim";
// net/http would make a GET of a POST that is answered with 301. Another host gets
// nothing, because the token is for this one: such an answer is handed on.
//
// https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
type follow struct{ http.RoundTripper }

func (f follow) RoundTrip(request *http.Request) (*http.Response, error) {
	for hop := 0; ; hop++ {
		answer, err := f.RoundTripper.RoundTrip(request)
		if err != nil || hop == maxHops {
			return answer, err
		}
		next, err := moved(request, answer)
		if next == nil || err != nil {
			return answer, err
		}
		answer.Body.Close()
		request = next
	}
}

// moved is the request as it is to be sent again, or nil if it is not.
func moved(request *http.Request, answer *http.Response) (*http.Request, error) {
	switch answer.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	to, err := request.URL.Parse(answer.Header.Get("Location"))
	if err != nil || answer.Header.Get("Location") == "" || !sameServer(to, request.URL) {
		return nil, nil
	}
	next := request.Clone(request.Context())
	next.URL, next.Host = to, ""
	if request.Body != nil && request.Body != http.NoBody {
		if request.GetBody == nil {
			return nil, nil
		}
		next.Body, err = request.GetBody()
	}
	return next, err
}

// sameServer compares scheme, name and port; an address with a user is no other.
func sameServer(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host) && a.User == nil
}
