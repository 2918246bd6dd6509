package bitbucket

import (
	"strconv"
	"strings"
	"time"
)

const (
	timestampWindow = 5 * time.Minute  // each way
	nonceMemory     = 60 * time.Second // of a consumer's nonce, whatever its timestamp
)

// single are the names that may not repeat, in the order of the check.
var single = []string{"oauth_consumer_key", "oauth_token", "oauth_token_secret", "oauth_callback",
	"oauth_signature_method", "oauth_signature", "oauth_timestamp", "oauth_nonce", "oauth_version"}

// validate checks a signed message against a consumer's public key. The order
// of the checks shows in which error a client gets. It needs the lock. An error
// that is no *problem is an unexpected exception of the Java code.
func (o *oauth1) validate(m message, c *Consumer) error {
	if o.options.Profile == SharedPlugin {
		if names := m.missing("oauth_signature_method", "oauth_consumer_key"); names != nil {
			return absentProblem(names)
		}
		if m.value("oauth_signature_method") != "RSA-SHA1" {
			return methodProblem(SharedPlugin)
		}
	}
	for _, check := range []func(message) error{checkSingle, checkVersion, o.checkTimestampAndNonce} {
		if err := check(m); err != nil {
			return err
		}
	}
	if names := m.missing("oauth_consumer_key", "oauth_signature_method", "oauth_signature"); names != nil {
		return absentProblem(names)
	}
	return o.checkSignature(m, c)
}

func checkSingle(m message) error {
	values := map[string][]pair{}
	for _, p := range m.pairs {
		values[p.name] = append(values[p.name], p)
	}
	var rejected []pair
	for _, name := range single {
		if len(values[name]) > 1 {
			rejected = append(rejected, values[name]...)
		}
	}
	if rejected != nil {
		return repeatedProblem(rejected)
	}
	return nil
}

func checkVersion(m message) error {
	text, present := m.get("oauth_version")
	if !present {
		return nil
	}
	version, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return err
	}
	if version != 1 {
		return versionProblem()
	}
	return nil
}

// checkTimestampAndNonce consumes the nonce, even if the signature turns out to
// be wrong.
func (o *oauth1) checkTimestampAndNonce(m message) error {
	if names := m.missing("oauth_timestamp", "oauth_nonce"); names != nil {
		return absentProblem(names)
	}
	stamp, err := strconv.ParseInt(m.value("oauth_timestamp"), 10, 64)
	if err != nil {
		return err
	}
	now := o.now()
	earliest := (now.Add(-timestampWindow).UnixMilli() + 500) / 1000
	latest := (now.Add(timestampWindow).UnixMilli() + 500) / 1000
	if stamp < earliest || stamp > latest {
		return timestampProblem(earliest, latest)
	}
	if !o.nonces.use(m, stamp, earliest, now, o.options.Profile == SharedPlugin && !o.options.OAuth1.NonceWithTimestamp) {
		return bareProblem("nonce_used")
	}
	return nil
}

func (o *oauth1) checkSignature(m message, c *Consumer) error {
	base := m.baseString()
	switch method := m.value("oauth_signature_method"); {
	case method == "HMAC-SHA1": // only the library gets here; its secret is never ours
		return signatureProblem(m, base)
	case method != "RSA-SHA1":
		return methodProblem(o.options.Profile)
	}
	good, err := verifySHA1withRSA(c.rsa, base, lenientBase64(m.value("oauth_signature")))
	if err != nil {
		return err
	}
	if !good {
		return signatureProblem(m, base)
	}
	return nil
}

// nonces remembers what was used, in two layers: every combination of
// timestamp, nonce, consumer and token for the timestamp window, and, where nonces
// are kept by consumer, every nonce of a consumer for a minute.
type nonces struct {
	exact  map[string]int64     // to the timestamp
	recent map[string]time.Time // to when it was seen
}

// use reports whether the nonce is fresh, and marks it as used.
func (n *nonces) use(m message, stamp, earliest int64, now time.Time, byConsumer bool) bool {
	for key, at := range n.exact {
		if at < earliest {
			delete(n.exact, key)
		}
	}
	for key, at := range n.recent {
		if now.Sub(at) >= nonceMemory {
			delete(n.recent, key)
		}
	}
	short := formEncode([]pair{{m.value("oauth_consumer_key"), m.value("oauth_nonce")}})
	long := short + "&" + formEncode([]pair{{m.value("oauth_token"), strconv.FormatInt(stamp, 10)}})
	_, seen := n.exact[long]
	_, again := n.recent[short]
	n.exact[long] = stamp
	if again && byConsumer {
		return false
	}
	n.recent[short] = now
	return !seen
}
