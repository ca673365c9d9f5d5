package githubtest

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// list answers with the page of the items that the call asks for, and with links
// to the other pages.
func (s *Server) list(c call, items []any) answer {
	size, page := min(c.whole("per_page", 30), 100), c.whole("page", 1)
	pages := max(1, (len(items)+size-1)/size)
	var links []string
	link := func(relation string, to int) {
		query := maps.Clone(c.query)
		query.Set("page", strconv.Itoa(to))
		place := strings.TrimSuffix(s.URL, apiRoot) + c.place
		links = append(links, fmt.Sprintf(`<%s?%s>; rel=%q`, place, query.Encode(), relation))
	}
	if page > 1 {
		link("prev", page-1)
		link("first", 1)
	}
	if page < pages {
		link("next", page+1)
		link("last", pages)
	}
	reply := answer{status: http.StatusOK, header: http.Header{}}
	reply.body = append([]any{}, items[min((page-1)*size, len(items)):min(page*size, len(items))]...)
	if len(links) > 0 {
		reply.header.Set("Link", strings.Join(links, ", "))
	}
	return reply
}

// whole returns a number of the query, or the other value if it is absent or
// below 1.
func (c call) whole(name string, otherwise int) int {
	n, err := strconv.Atoi(c.ask(name, ""))
	if err != nil || n < 1 {
		return otherwise
	}
	return n
}
