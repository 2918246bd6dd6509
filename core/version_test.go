package core

import "testing"

func TestParseVersion(t *testing.T) {
	for in, want := range map[string]Version{
		"7.21": "7.21", "8.19.2": "8.19.2", " v9.4.0 ": "9.4.0", "10.2.0-rc1": "10.2.0", "7": "7", "07.021.3": "7.21.3",
		"9.4.0.1": "9.4.0", "8.0.0-SNAPSHOT": "8.0.0",
	} {
		if got, err := ParseVersion(in); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "eight", "7.x", "1.2.3 beta", "-1.2", "99999.1", "7..1"} {
		if got, err := ParseVersion(in); err == nil {
			t.Errorf("%q passes as %q", in, got)
		}
	}
}

func TestVersionOrder(t *testing.T) {
	for _, c := range []struct {
		v, w    Version
		atLeast bool
	}{
		{"7.21", "7.20", true}, {"7.9", "7.20", false}, {"10.1", "9.4", true}, {"7.21.0", "7.21", true},
		{"7.20", "7.20.0", true}, {"7.19.12", "7.20", false}, {"8", "8.0", true}, {"", "7.20", false},
	} {
		if got := c.v.AtLeast(c.w); got != c.atLeast {
			t.Errorf("%q at least %q: %v", c.v, c.w, got)
		}
		if below := c.v.Below(c.w); c.v.Known() && below == c.atLeast || !c.v.Known() && below {
			t.Errorf("%q below %q: %v", c.v, c.w, below)
		}
	}
}

func FuzzParseVersion(f *testing.F) {
	for _, s := range []string{"7.21", "v8.19.2", "9.4.0-rc1", "", "0.0.0", "1.2.3+x.y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseVersion(s)
		if err != nil {
			return
		}
		again, err := ParseVersion(string(v))
		if err != nil || again != v {
			t.Fatalf("%q gives %q, which gives %q, %v", s, v, again, err)
		}
		if !v.AtLeast(v) || v.Below(v) {
			t.Fatalf("%q does not compare with itself", v)
		}
	})
}
