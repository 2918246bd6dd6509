package core

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile holds what must reach neither a terminal nor a database.
const hostile = "a\x1b[2J\x1b]52;c;aGk=\x07\u009b31m\x9b31m\u202eb\u2066\u2069\u200e\u200f\u061c\u200b\u2060\ufeff\u00ad\u034f\u3164\U000e0041\ufe0f\b\x7f\x00c"

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "",
		"Büro №1 日本語 🙂 a\u00a0b":     "Büro №1 日本語 🙂 a\u00a0b",
		"key\n\tvalue\r\nnext\rlast": "key\n\tvalue\nnext\nlast",
		"a\u2028b\u0085c\vd\fe":      "a\nb\nc\nd\ne",
		hostile:                      "a[2J]52;c;aGk=31m31mbc",
		"\xff\xfeZ\xfcrich":          "Zrich",
		"\ufffd":                     "\ufffd",
	} {
		if got := Printable(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	for _, test := range []struct {
		text  string
		limit int
		want  string
	}{
		{"one\r\n\n two\tthree\n", 80, "one  two three"},
		{"müde", 4, "müde"},
		{"müder", 4, "müd…"},
		{strings.Repeat("\x1b", 100) + "x", 4, "x"},
		{strings.Repeat("x", 10<<20), 80, strings.Repeat("x", 79) + "…"},
	} {
		if got := Line(test.text, test.limit); got != test.want {
			t.Errorf("%.20q became %q, want %q", test.text, got, test.want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add(hostile, 10)
	f.Add("\r\r\n\u2029", 1)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		got := Printable(text)
		if !utf8.ValidString(got) || Printable(got) != got {
			t.Errorf("%q became %q", text, got)
		}
		for _, r := range got {
			if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				t.Errorf("%q became %q", text, got)
			}
		}
		if limit < 1 {
			return
		}
		if line := Line(text, limit); strings.ContainsAny(line, "\n\t") || utf8.RuneCountInString(line) > limit || Line(line, limit) != line {
			t.Errorf("%q became the line %q", text, line)
		}
	})
}

// Whoever makes a finding or an outcome may put into it what a server sent.
func TestFindingsAndOutcomesArePrintable(t *testing.T) {
	f := NewFinding("AL-TEST-1", map[string]string{"title": "two\nlines " + hostile, "url": strings.Repeat("y", 10<<20)}).
		Because("two\r\nlines " + hostile + strings.Repeat("x", 10<<20))
	if want := "two lines " + Printable(hostile); f.Params["title"] != want || len(f.Raw) > 3*longestEvidence || len(f.Params["url"]) > 3*longestParam || !strings.HasPrefix(f.Raw, "two\nlines") {
		t.Errorf("%.200q", f)
	}
	// As a database can have it, which other programs write too.
	stored := Outcome{Check: CheckName(hostile), State: Failed + "\x1b", Strength: "\x1b", Finding: &Finding{Code: hostile, Raw: hostile, Params: map[string]string{hostile: hostile}},
		Learned: map[Learned]string{LearnedUser: hostile + "\n", "\x1b": strings.Repeat("x", 1<<20)}, Evidence: []Evidence{{hostile, "a\n" + hostile + strings.Repeat("x", 1<<20)}}}
	before, _ := json.Marshal(stored)
	text, err := json.Marshal(stored.Printable())
	if err != nil || len(text) > 10_000 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	var shown any
	if err := json.Unmarshal(text, &shown); err != nil {
		t.Fatal(err)
	}
	each(reflect.ValueOf(shown), func(s string) {
		if Printable(s) != s {
			t.Errorf("%q", s)
		}
	})
	if after, _ := json.Marshal(stored); string(after) != string(before) {
		t.Error("the outcome itself was changed")
	}
}

// A Client secret that somebody entered as the Client ID is told by no finding and in no
// evidence, whoever makes them.
func TestFindingsAndOutcomesHideSecrets(t *testing.T) {
	secret := strings.Repeat("0123456789abcdef", 4)
	f := NewFinding("AL-TEST-1", map[string]string{"id": secret, "both": "5f1c0e8a7b2d4963a1e0c7d5b8f24690 " + strings.ToUpper(secret)}).
		Because("GET https://h/?client_id=" + secret)
	o := Outcome{Finding: &Finding{Code: "AL-TEST-2", Raw: secret, Params: map[string]string{"id": secret}},
		Learned: map[Learned]string{LearnedUser: secret}, Evidence: []Evidence{{"asked", "GET https://h/authorize?client_id=" + secret + "&state=1"}}}.Printable()
	for _, v := range []any{f, o} {
		if text, _ := json.Marshal(v); strings.Contains(strings.ToLower(string(text)), "0123456789abcdef") {
			t.Errorf("%s", text)
		}
	}
	if f.Params["id"] != "••••" || f.Params["both"] != "5f1c0e8a7b2d4963a1e0c7d5b8f24690 ••••" || o.Evidence[0].Value != "GET https://h/authorize?client_id=••••&state=1" {
		t.Errorf("%v, %v", f, o)
	}
}

// each calls visit for every string inside of a decoded document.
func each(v reflect.Value, visit func(string)) {
	switch v.Kind() {
	case reflect.Interface:
		each(v.Elem(), visit)
	case reflect.String:
		visit(v.String())
	case reflect.Slice:
		for i := range v.Len() {
			each(v.Index(i), visit)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			visit(k.String())
			each(v.MapIndex(k), visit)
		}
	}
}
