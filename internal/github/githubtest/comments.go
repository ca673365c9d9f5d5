package githubtest

import (
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Comment is one of a pull request.
type Comment struct {
	ID           int64
	Author, Body string
}

type comment struct {
	Comment
	number int
}

// Comments returns the comments of a pull request, the oldest first.
func (s *Server) Comments(number int) []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Comment
	for _, comment := range s.comments {
		if comment.number == number {
			found = append(found, comment.Comment)
		}
	}
	return found
}

// AddComment comments as somebody, and returns the comment's id.
func (s *Server) AddComment(number int, author, body string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.comment(number, author, body).ID
}

// SetWriter has somebody else than the Bot write the comments that are made from now on.
func (s *Server) SetWriter(login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writer = login
}

func (s *Server) comment(number int, author, body string) comment {
	added := comment{Comment{ID: s.id(), Author: author, Body: body}, number}
	s.comments = append(s.comments, added)
	return added
}

func (s *Server) listComments(c call) answer {
	number := c.number("issue_number")
	if s.pull(number) == nil {
		return notFound()
	}
	var found []any
	for _, comment := range s.comments {
		if int64(comment.number) == number {
			found = append(found, s.showComment(comment))
		}
	}
	return s.list(c, found)
}

func (s *Server) createComment(c call) answer {
	number := c.number("issue_number")
	if s.pull(number) == nil {
		return notFound()
	}
	body := read[struct{ Body string }](c).Body
	if refusal := checkComment(body); refusal != nil {
		return *refusal
	}
	return answer{status: http.StatusCreated, body: s.showComment(s.comment(int(number), s.writer, body))}
}

func (s *Server) updateComment(c call) answer {
	body := read[struct{ Body string }](c).Body
	at := s.findComment(c)
	if at < 0 {
		return notFound()
	}
	if refusal := checkComment(body); refusal != nil {
		return *refusal
	}
	s.comments[at].Body = body
	return answer{status: http.StatusOK, body: s.showComment(s.comments[at])}
}

func (s *Server) deleteComment(c call) answer {
	at := s.findComment(c)
	if at < 0 {
		return notFound()
	}
	s.comments = slices.Delete(s.comments, at, at+1)
	return answer{status: http.StatusNoContent}
}

func (s *Server) findComment(c call) int {
	id := c.number("comment_id")
	return slices.IndexFunc(s.comments, func(comment comment) bool { return comment.ID == id })
}

// checkComment refuses what GitHub's prose forbids in a comment.
func checkComment(body string) *answer {
	var refusal answer
	switch {
	case body == "":
		refusal = invalid("IssueComment", "data", "unprocessable", "Body can't be blank")
	case utf8.RuneCountInString(body) > 65536:
		refusal = invalid("IssueComment", "data", "unprocessable", "Body is too long (maximum is 65536 characters)")
	default:
		return nil
	}
	return &refusal
}

func (s *Server) showComment(comment comment) object {
	id := strconv.FormatInt(comment.ID, 10)
	return object{
		"id": comment.ID, "body": comment.Body, "user": user(comment.Author),
		"html_url":   s.page("pull/" + strconv.Itoa(comment.number) + "#issuecomment-" + id),
		"created_at": at(comment.ID), "updated_at": at(comment.ID),
	}
}
