package bitbucket

import (
	"net/http"
	"strconv"
)

const (
	defaultLimit = 25
	maximumLimit = 1000
)

// restPage is a page of a list.
type restPage[T any] struct {
	Size       int  `json:"size"`
	Limit      int  `json:"limit"`
	IsLastPage bool `json:"isLastPage"`
	Values     []T  `json:"values"`
	Start      int  `json:"start"`
	Next       *int `json:"nextPageStart,omitempty"` // missing on the last page
}

// restPageNull is a page on which nextPageStart is null when it is the last.
type restPageNull[T any] struct {
	Size       int  `json:"size"`
	Limit      int  `json:"limit"`
	IsLastPage bool `json:"isLastPage"`
	Values     []T  `json:"values"`
	Start      int  `json:"start"`
	Next       *int `json:"nextPageStart"`
}

// writePage answers with the part of rows that start and limit ask for. start
// counts all rows, but only those that may be seen are returned: that is why
// nextPageStart is not start + limit.
func writePage[T any](a *rest, w http.ResponseWriter, r *http.Request, rows []T, visible func(T) bool) {
	start, limit := pageNumber(r, "start", 0), min(pageNumber(r, "limit", defaultLimit), maximumLimit)
	values := []T{}
	i := start
	for ; i < len(rows); i++ {
		if !visible(rows[i]) {
			continue
		}
		if len(values) == limit {
			break
		}
		values = append(values, rows[i])
	}
	page := restPage[T]{Size: len(values), Limit: limit, IsLastPage: i >= len(rows), Values: values, Start: start}
	if !page.IsLastPage {
		page.Next = &i
	}
	if a.options.REST.NullNextOnLastPage {
		writeJSON(w, http.StatusOK, restPageNull[T](page))
		return
	}
	writeJSON(w, http.StatusOK, page)
}

func pageNumber(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < 0 || name == "limit" && n == 0 {
		return otherwise
	}
	return n
}
