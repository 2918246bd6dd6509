package diagnose

import (
	"strconv"
	"time"
)

// human writes a duration in its two largest units: "7 min 12 s", "3 h", "2 d
// 4 h", "40 ms".
func human(d time.Duration) string {
	if d < time.Second {
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	}
	units := []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}}
	for i, u := range units {
		if d < u.size {
			continue
		}
		text := strconv.Itoa(int(d/u.size)) + " " + u.name
		if i+1 < len(units) {
			next := units[i+1]
			if rest := d % u.size / next.size; rest > 0 {
				text += " " + strconv.Itoa(int(rest)) + " " + next.name
			}
		}
		return text
	}
	return ""
}
