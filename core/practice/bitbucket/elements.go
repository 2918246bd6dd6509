package bitbucket

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// writeApplinks answers of a resource of Application Links: XML, unless JSON is
// asked for. root names the outermost element.
func writeApplinks(w http.ResponseWriter, r *http.Request, status int, root string, v any) {
	if strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "json") {
		writeJSON(w, status, v)
		return
	}
	writeElements(w, status, root, v)
}

// writeElements writes in XML what [writeJSON] would in JSON: an element for each
// member, one for each value of an array, and none for null. An array as a whole
// has an element whose name is the plural of root.
func writeElements(w http.ResponseWriter, status int, root string, v any) {
	text, err := json.Marshal(v)
	var out bytes.Buffer
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		err = element(&out, d, root)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	body := out.String()
	if bytes.HasPrefix(text, []byte("[")) {
		body = "<" + root + "s>" + body + "</" + root + "s>"
	}
	w.Header().Set("Content-Type", "application/xml;charset=UTF-8")
	w.WriteHeader(status)
	io.WriteString(w, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+body)
}

// element writes the next value.
func element(out *bytes.Buffer, d *json.Decoder, name string) error {
	token, err := d.Token()
	if err != nil || token == nil {
		return err
	}
	if token == json.Delim('[') {
		for d.More() {
			if err := element(out, d, name); err != nil {
				return err
			}
		}
		_, err = d.Token()
		return err
	}
	out.WriteString("<" + name + ">")
	defer out.WriteString("</" + name + ">")
	if token != json.Delim('{') {
		return xml.EscapeText(out, []byte(fmt.Sprint(token)))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if err := element(out, d, key.(string)); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}
