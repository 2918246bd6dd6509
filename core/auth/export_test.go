package auth

import "time"

// SetNow sets the clock.
func (l *Library) SetNow(now func() time.Time) { l.now = now }

// LeaseLife is how long a lease holds.
const LeaseLife = leaseLife
