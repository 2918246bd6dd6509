package bitbucket

import (
	"reflect"
	"testing"
)

// flat are the settings that knobs reach, by field.
func flat(o Options) map[string]any {
	all := map[string]any{}
	for _, part := range []any{o.OAuth1, o.OAuth2, o.REST} {
		v := reflect.ValueOf(part)
		for i := range v.NumField() {
			all[v.Type().Field(i).Name] = v.Field(i).Interface()
		}
	}
	return all
}

// Every setting is reached by one knob, whose default is what holds without it.
func TestKnobs(t *testing.T) {
	plain, err := Options{}.complete()
	if err != nil {
		t.Fatal(err)
	}
	reached := map[string]string{}
	for _, k := range Knobs() {
		same := plain
		if err := same.SetKnob(k.Name + "=" + k.Default); err != nil || !reflect.DeepEqual(flat(same), flat(plain)) {
			t.Errorf("the default of %s is not %s, %v", k.Name, k.Default, err)
		}
		turned := plain
		if err := turned.SetKnob(k.Name + "=" + k.Other); err != nil {
			t.Errorf("%s: %v", k.Name, err)
		}
		before, after, changed := flat(plain), flat(turned), 0
		for field := range before {
			if before[field] != after[field] {
				changed++
				reached[field] = k.Name
			}
		}
		if changed != 1 {
			t.Errorf("%s changes %d settings", k.Name, changed)
		}
	}
	for field := range flat(plain) {
		if reached[field] == "" {
			t.Errorf("no knob reaches %s", field)
		}
	}
}

func TestKnobsRefuse(t *testing.T) {
	for _, setting := range []string{"", "scope-in-answer", "none-such=true", "scope-in-answer=", "scope-in-answer=yes",
		"max.client.delay.seconds=0", "max.client.delay.seconds=601", "max.client.delay.seconds=1.5",
		"access.token.expiration.seconds=-1", "client-error=500", "SCOPE-IN-ANSWER=true"} {
		var o Options
		if err := o.SetKnob(setting); err == nil || !reflect.DeepEqual(o, Options{}) {
			t.Errorf("%q: %v, %+v", setting, err, o.OAuth2)
		}
	}
}
