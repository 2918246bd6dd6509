package bitbucket

import (
	"slices"
	"sync"
)

const journalLength = 1000

// journal remembers the last refusals.
type journal struct {
	mu     sync.Mutex
	events []Event
}

func (j *journal) add(e Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.events = append(j.events, e)
	if extra := len(j.events) - journalLength; extra > 0 {
		j.events = slices.Delete(j.events, 0, extra)
	}
}

func (j *journal) all() []Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.events)
}
