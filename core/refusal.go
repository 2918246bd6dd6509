package core

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// Refusal is a server's explanation of why it refused or failed.
type Refusal struct {
	Messages  []string            // one line each, in the answer's order; a field's begins with its name
	Exception string              // Java class of the first error, "" when not named
	Fields    map[string][]string // messages about one field of what was sent, by its name
	Envelope  bool                // it came in "errors", as Bitbucket's REST API writes them
	Reason    string              // of X-Authentication-Denied-Reason, such as CAPTCHA_CHALLENGE
	LoginURL  string              // where that header sends people to
}

// Message returns all messages on one line.
func (r Refusal) Message() string { return strings.Join(r.Messages, " ") }

// The limits of what is read from a refusal.
const (
	refusalLimit  = 64 << 10 // bytes of the body
	messageLimit  = 300      // characters
	messagesLimit = 8
)

// ReadRefusal reads the answers that Bitbucket and its plug-ins are known to
// give, whatever their content type says:
//
//	{"errors":[{"context":null,"message":"…","exceptionName":"…"}]}   the REST API
//	{"errors":["…"],"fieldErrors":{"redirects":["…"]}}                the OAuth 2 provider
//	{"errorMessages":["…"],"errors":{"name":"…"}}                     older plug-ins
//	{"message":"…","status-code":404}, message may be null            unknown routes
//	{"error":"…","error_description":"…"}                             OAuth 2 and containers
//	<status><status-code>404</status-code><message>…</message>…       the same in XML
//
// A text/plain body is one message. A page for people is none.
func ReadRefusal(header http.Header, body []byte) Refusal {
	r := Refusal{}
	reason, rest, _ := strings.Cut(header.Get("X-Authentication-Denied-Reason"), ";")
	r.Reason = oneLine(reason)
	if _, address, ok := strings.Cut(rest, "login-url="); ok {
		r.LoginURL = oneLine(address)
	}
	body = bytes.TrimSpace(bytes.TrimPrefix(body[:min(len(body), refusalLimit)], []byte("\xef\xbb\xbf")))
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	switch {
	case bytes.HasPrefix(body, []byte("{")):
		r.readJSON(body)
	case bytes.HasPrefix(body, []byte("<")) && !strings.Contains(kind, "html"):
		r.readXML(body)
	case kind == "text/plain" && len(body) <= messageLimit:
		r.add(string(body))
	}
	return r
}

func (r *Refusal) readJSON(body []byte) {
	var answer struct {
		Errors        json.RawMessage            `json:"errors"`
		ErrorMessages []json.RawMessage          `json:"errorMessages"`
		FieldErrors   map[string]json.RawMessage `json:"fieldErrors"`
		Message       json.RawMessage            `json:"message"`
		Error         json.RawMessage            `json:"error"`
		Description   json.RawMessage            `json:"error_description"`
	}
	// A member of another type than expected is left out, the others are kept.
	json.Unmarshal(body, &answer)
	for _, one := range answer.ErrorMessages {
		r.add(text(one))
	}
	var list []json.RawMessage
	var byField map[string]json.RawMessage
	if json.Unmarshal(answer.Errors, &list) == nil {
		for _, one := range list {
			r.addError(one)
		}
	} else if json.Unmarshal(answer.Errors, &byField) == nil {
		r.addFields(byField)
	}
	r.addFields(answer.FieldErrors)
	r.Envelope = len(r.Messages) > 0
	for _, other := range []json.RawMessage{answer.Errors, answer.Message, answer.Description, answer.Error} {
		if len(r.Messages) == 0 {
			r.add(text(other))
		}
	}
}

// addError reads one member of "errors": a text, or an object.
func (r *Refusal) addError(raw json.RawMessage) {
	var one struct {
		Message   json.RawMessage `json:"message"`
		Context   json.RawMessage `json:"context"`
		Exception json.RawMessage `json:"exceptionName"`
	}
	if json.Unmarshal(raw, &one) != nil {
		r.add(text(raw))
		return
	}
	if r.Exception == "" {
		r.Exception = oneLine(text(one.Exception))
	}
	message := text(one.Message)
	r.add(message)
	r.addField(text(one.Context), message)
}

func (r *Refusal) addFields(fields map[string]json.RawMessage) {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		var several []json.RawMessage
		if json.Unmarshal(fields[name], &several) != nil {
			several = []json.RawMessage{fields[name]}
		}
		for _, one := range several {
			if message := text(one); message != "" {
				r.add(name + ": " + message)
				r.addField(name, message)
			}
		}
	}
}

func (r *Refusal) addField(name, message string) {
	name, message = oneLine(name), oneLine(message)
	if name == "" || message == "" || len(r.Fields) >= messagesLimit {
		return
	}
	if r.Fields == nil {
		r.Fields = map[string][]string{}
	}
	r.Fields[name] = append(r.Fields[name], message)
}

// readXML takes the text of every element called message, at any depth.
func (r *Refusal) readXML(body []byte) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "html":
			return
		case "message", "exceptionName":
			var content string
			if d.DecodeElement(&content, &start) != nil {
				return
			}
			if start.Name.Local == "message" {
				r.add(content)
			} else if r.Exception == "" {
				r.Exception = oneLine(content)
			}
		}
	}
}

func (r *Refusal) add(message string) {
	if message = oneLine(message); message != "" && len(r.Messages) < messagesLimit {
		r.Messages = append(r.Messages, message)
	}
}

// text decodes a JSON string; other values, null among them, are "".
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// oneLine makes a printable line of a text, with single blanks, and cuts what is long.
func oneLine(s string) string {
	return Line(strings.Join(strings.Fields(Printable(s)), " "), messageLimit)
}

// RefusesClient reports whether a refusal of OAuth 2, by its code and description, says
// that the Client ID or the Client secret is what is wrong. Not every provider calls it
// invalid_client.
func RefusesClient(code, description string) bool {
	return code == "invalid_client" || code != "" && MentionsClient(description) && !mentionsMore().MatchString(description)
}

// MentionsClient reports whether a description speaks of the Client ID, its secret or
// credentials, maybe among other things.
func MentionsClient(description string) bool { return mentionsClient().MatchString(description) }

var (
	mentionsClient = Pattern(`(?i)\bclient[ _-]?(id|identifier|secret|credentials?|authentication)\b|\b(invalid|bad|wrong|unknown) (client|credentials)\b|\bcredentials (are|is) (invalid|wrong)`)
	mentionsMore   = Pattern(`(?i)\bcode\b|\bgrant\b|\btoken\b|\bredirect|\bmissing\b|\brequired\b|\bor\b`)
)
