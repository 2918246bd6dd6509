package bitbucket

import (
	"net/url"
	"testing"
)

func TestSameOrigin(t *testing.T) {
	for a, b := range map[string]string{"https://H/x": "https://h:443/y", "http://h": "HTTP://h:80", "https://[::1]:8/": "https://[::1]:8"} {
		one, _ := url.Parse(a)
		two, _ := url.Parse(b)
		if !SameOrigin(one, two) {
			t.Errorf("%s and %s differ", a, b)
		}
	}
	one, _ := url.Parse("https://h")
	for _, other := range []string{"http://h", "https://h:444", "https://g", "http://h:443"} {
		if two, _ := url.Parse(other); SameOrigin(one, two) {
			t.Errorf("%s and %s are the same", one, two)
		}
	}
}
