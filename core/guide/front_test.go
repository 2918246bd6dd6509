package guide

import (
	"strings"
	"testing"

	"applink/core"
)

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		text, words string
		in, out     []core.Version
	}{
		{"", "all versions", []core.Version{"", "5.5", "10.2"}, nil},
		{"<7.20", "before 7.20", []core.Version{"", "7.19.9", "6.0"}, []core.Version{"7.20", "7.20.1", "10.1"}},
		{">=7.20 <10.1", "7.20 to before 10.1", []core.Version{"", "7.20", "7.21.3", "10.0.9"}, []core.Version{"7.19", "10.1"}},
		{">=10.1", "10.1 and newer", []core.Version{"", "10.1", "11.0"}, []core.Version{"10.0.2", "7.21"}},
	} {
		vs, err := parseVersions(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if vs.String() != c.words {
			t.Errorf("%q reads %q, want %q", c.text, vs, c.words)
		}
		for _, v := range c.in {
			if !vs.fits(v) {
				t.Errorf("%q leaves out %q", c.text, v)
			}
		}
		for _, v := range c.out {
			if vs.fits(v) {
				t.Errorf("%q takes in %q", c.text, v)
			}
		}
	}
	for _, bad := range []string{"7.20", ">7.20", "<", ">=x", "<7 <8", ">=8 <8", ">=9 <8", "<=7.20"} {
		if _, err := parseVersions(bad); err == nil {
			t.Errorf("%q was read as versions", bad)
		}
	}
}

func FuzzVersions(f *testing.F) {
	for _, s := range []string{"", "<7.20", ">=7.20 <10.1", ">=10.1", "<=7", ">=0 <0"} {
		f.Add(s, "8.19")
	}
	f.Fuzz(func(t *testing.T, text, version string) {
		vs, err := parseVersions(text)
		if err != nil {
			return
		}
		if vs.String() == "" {
			t.Error("no words")
		}
		v, err := core.ParseVersion(version)
		if err != nil {
			return
		}
		if vs.fits(v) && (vs.below != "" && !v.Below(vs.below) || vs.from != "" && v.Below(vs.from)) {
			t.Errorf("%q takes in %q", text, v)
		}
	})
}

func FuzzVariant(f *testing.F) {
	f.Add("+++\ntitle = \"A\"\nversions = \"<7.20\"\n+++\nHello {{v \"name\"}}\n")
	f.Add("+++\r\n+++\r\n1. a\r\n2. b\r\n\r\n> c `d` **e** [f](g) <https://h>")
	f.Add("+++\n[ask.x.options.y]\nlabel = \"z\"\n+++\n- {{if has \"a\"}}b{{else}}c{{end}}\n```\nd\n```\n")
	f.Add("+++\n")
	f.Fuzz(func(t *testing.T, source string) {
		v, err := parseVariant(source)
		if err != nil || strings.Contains(source, "range") || strings.Contains(source, "template") {
			return // a loop or a page that holds itself may run for long; the pages have none
		}
		p, err := v.page(Query{Values: map[string]string{"name": "n"}})
		if err != nil {
			return
		}
		for _, b := range p.Blocks {
			if strings.Contains(b.String(), placeOpen+"name") && !strings.Contains(source, placeOpen) {
				t.Errorf("a place was left open in %q", b)
			}
		}
	})
}

func TestFrontMatterIsStrict(t *testing.T) {
	for name, bad := range map[string]string{
		"none":        "Hello",
		"not closed":  "+++\ntitle = \"A\"\n",
		"not TOML":    "+++\ntitle = \n+++\n",
		"unknown key": "+++\ntitel = \"A\"\n+++\n",
		"versions":    "+++\nversions = \"7\"\n+++\n",
		"template":    "+++\n+++\n{{v}",
		"function":    "+++\n+++\n{{w \"name\"}}",
	} {
		if _, err := parseVariant(bad); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	v, err := parseVariant("+++\r\ntitle = \"A\"\r\n+++\r\nB\r\n")
	if err != nil || v.front.Title != "A" {
		t.Errorf("a file with CRLF: %+v, %v", v, err)
	}
}

func TestPagesNameOnlyValuesThatExist(t *testing.T) {
	for _, step := range steps {
		all, err := variantsOf(step)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range all {
			names := valuesOf(v)
			for name := range v.front.Label {
				names = append(names, name)
			}
			for _, name := range drawingsOf(t, v) {
				for _, r := range drawing(t, name) {
					for _, m := range valuePlace().FindAllStringSubmatch(r.Label+r.Value+r.Note, -1) {
						names = append(names, m[1])
					}
				}
			}
			for _, name := range names {
				if labels[name] == "" {
					t.Errorf("%s: no value is called %q", v.name, name)
				}
			}
		}
	}
}
