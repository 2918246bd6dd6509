package seal

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"math/big"
	"strings"

	"golang.org/x/crypto/ssh"

	"applink/core"
	"applink/core/finding"
)

// Other forms of RSA keys hold the same numbers, so that they are converted exactly.

// largestKey bounds the modulus of a key, in bits. Working on a larger one takes too long.
const largestKey = 16384

// asPublic makes PEM of a modulus and an exponent, "" if they are no key.
func asPublic(n, e *big.Int) string {
	if n.Sign() <= 0 || n.BitLen() > largestKey || !e.IsInt64() || e.Int64() < 2 || e.BitLen() > 31 {
		return ""
	}
	der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: n, E: int(e.Int64())})
	if err != nil {
		return ""
	}
	return armour("PUBLIC KEY", der)
}

// unusable is the PEM that stands for a private key whose numbers do not fit together, so
// that the text still counts as a private key.
const unusable = "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"

// asPrivate makes PEM of the numbers of a private key.
func asPrivate(n, e, d, p, q *big.Int) string {
	if n.BitLen() > largestKey || e.BitLen() > 31 || p.BitLen() > largestKey/2 || q.BitLen() > largestKey/2 || p.Sign() <= 0 || q.Sign() <= 0 {
		return unusable
	}
	key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: int(e.Int64())}, D: d, Primes: []*big.Int{p, q}}
	if key.Validate() != nil {
		return unusable
	}
	key.Precompute()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return unusable
	}
	return armour("PRIVATE KEY", der)
}

// fromMembers converts the numbers of an RSA key by their names: a JSON Web Key (RFC 7518,
// section 6.3), or the RSAParameters of .NET.
func fromMembers(members map[string]any) (text string, ok bool) {
	named := map[string]string{}
	for name, v := range members {
		if s, is := v.(string); is {
			named[strings.ToLower(name)] = s
		}
	}
	n, e := "n", "e"
	if named["modulus"] != "" && named["exponent"] != "" {
		n, e = "modulus", "exponent"
	} else if named["kty"] != "RSA" {
		return "", false
	}
	number := func(name string) *big.Int {
		s := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(named[name], "="))
		b, _ := base64.RawURLEncoding.DecodeString(s)
		return new(big.Int).SetBytes(b)
	}
	if named["d"] != "" {
		return asPrivate(number(n), number(e), number("d"), number("p"), number("q")), true
	}
	return asPublic(number(n), number(e)), true
}

// member is a name with a value in base64, as YAML and programs write them.
var member = core.Pattern(`(?m)^\s*["']?([A-Za-z]{1,8})["']?[ \t]*[:=][ \t]*["']?([A-Za-z0-9+/_-]+={0,2})["']?\s*$`)

// parted puts what a list or an object parts on lines of its own.
var parted = strings.NewReplacer(",", "\n", ";", "\n", "{", "\n", "}", "\n", "(", "\n", ")", "\n", "- ", "\n")

// membersOf lists what a text names so; nil where it gives a name two values.
func membersOf(s string) map[string]any {
	members := map[string]any{}
	for _, m := range member().FindAllStringSubmatch(parted.Replace(s), -1) {
		switch old, twice := members[m[1]]; {
		case m[2] == "null", m[2] == "None", m[2] == "nil":
			continue
		case twice && old != m[2]:
			return nil
		}
		members[m[1]] = m[2]
	}
	return members
}

// fromNumbers converts the numbers of a key that no JSON holds.
func fromNumbers(s string) []string {
	if text, ok := fromMembers(membersOf(s)); ok && text != "" {
		return []string{text}
	}
	return nil
}

var keyValue = core.Pattern(`(?s)<(?:\w+:)?RSA(?:KeyValue|Parameters)[\s>].*?</(?:\w+:)?RSA(?:KeyValue|Parameters)>`)

// fromXML converts the RSAKeyValue that .NET and XML signatures use (RFC 3275, section
// 4.4.2.2), and the RSAParameters of .NET; .NET adds the private numbers.
func fromXML(s string) []string {
	var found []string
	for _, text := range keyValue().FindAllString(s, mostTries) {
		var v struct{ Modulus, Exponent, D, P, Q *string }
		if xml.Unmarshal([]byte(text), &v) != nil {
			continue
		}
		number := func(s *string) *big.Int {
			if s == nil {
				return new(big.Int)
			}
			b, _ := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(*s), ""))
			return new(big.Int).SetBytes(b)
		}
		n, e := number(v.Modulus), number(v.Exponent)
		if v.D != nil || v.P != nil {
			found = append(found, asPrivate(n, e, number(v.D), number(v.P), number(v.Q)))
		} else if pem := asPublic(n, e); pem != "" {
			found = append(found, pem)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return []string{strings.Join(found, "\n")}
}

// sshRSA is how the base64 of an RSA key in SSH's format begins: its own name, with its
// length before it.
const sshRSA = "AAAAB3NzaC1yc2"

// fromSSH converts the RSA keys of OpenSSH's lines and of RFC 4716's blocks. The format
// announces its lengths, so that a comment behind it is told from the key.
func fromSSH(s string) []string {
	if !strings.Contains(s, sshRSA) && !strings.Contains(s, "ssh-rsa") {
		return nil
	}
	var found []string
	rest := squeeze(strings.ReplaceAll(s, "\\\n", ""))
	for range mostTries {
		i := strings.Index(rest, sshRSA)
		if i < 0 {
			break
		}
		run := rest[i : i+baseRun(rest[i:])]
		rest = rest[i+len(sshRSA):]
		if pem := sshPEM(run); pem != "" {
			found = append(found, pem)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return []string{strings.Join(found, "\n")}
}

// sshPEM converts what a run of base64 begins with.
func sshPEM(run string) string {
	wire, err := base64.RawStdEncoding.DecodeString(run[:len(run)/4*4+tail(len(run))])
	if err != nil { // the last bits belong to a comment
		wire, _ = base64.RawStdEncoding.DecodeString(run[:len(run)/4*4])
	}
	var key struct {
		Name string
		E, N *big.Int
		Rest []byte `ssh:"rest"`
	}
	if ssh.Unmarshal(wire, &key) != nil || key.Name != ssh.KeyAlgoRSA {
		return ""
	}
	return asPublic(key.N, key.E)
}

// foreign returns the finding for a known form that cannot be taken as a key, with the
// command that converts it if there is one; nil for any other text. It looks at the text
// itself and at s, the text squeezed.
func foreign(text, s string) *core.Finding {
	upper := strings.ToUpper(s)
	holds := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(upper, w) {
				return true
			}
		}
		return false
	}
	is := func(what, command string) *core.Finding {
		return finding.KeyFormatUnsupported.With(what, command)
	}
	ofType := func(name string) *core.Finding { return finding.KeyTypeUnsupported.With(name) }
	switch {
	case masked(s):
		return finding.MaskedValue.With(string(core.FieldPublicKey))
	case holds("BEGINCERTIFICATEREQUEST", "BEGINNEWCERTIFICATEREQUEST"):
		return is("a certificate request (CSR)", "openssl req -in FILE -noout -pubkey")
	case holds("BEGINPKCS7", "BEGINPKCS#7", "BEGINCMS"):
		return is("a PKCS#7 bundle", "openssl pkcs7 -in FILE -print_certs")
	case holds("BEGINX509CRL"):
		return is("a list of revoked certificates (CRL)", "")
	case holds("BEGINDHPARAMETERS", "BEGINDSAPARAMETERS", "BEGINECPARAMETERS") && !holds("BEGINECPRIVATEKEY"):
		return is("a file of parameters, without a key", "")
	case holds("BEGINPGP"):
		return ofType("PGP")
	case holds("-CERT-V01@OPENSSH"):
		return is("an SSH certificate", "")
	case holds("ECDSA-SHA2-", "<ECKEYVALUE", "DSIG11:ECKEYVALUE", "KTY:EC,", "KTY:EC}"):
		return finding.KeyIsEC.With()
	case holds("SSH-ED25519"):
		return ofType("Ed25519")
	case holds("KTY:OKP"):
		return ofType("Ed25519 or X25519, as a JSON Web Key")
	case holds("SSH-DSS", "DSAKEYVALUE"):
		return ofType("DSA")
	case holds("KTY:RSA") && !holds(",D:", "{D:"):
		return is("a JSON Web Key (JWK) that is not whole", "")
	case holds("RSAKEYVALUE", "RSAPARAMETERS"):
		return is("a key in XML that is not whole", "")
	case holds("KTY:OCT"):
		return is("a shared secret (JSON Web Key of type oct)", "")
	case holds("ARN:AWS:KMS:", "ARN:AWS-"):
		return is("the name of a key in AWS KMS", "aws kms get-public-key --key-id KEY --query PublicKey --output text")
	case strings.HasPrefix(s, "AQICAH"):
		return is("a text that AWS KMS has encrypted", "")
	case strings.HasPrefix(s, "7v7+7Q") || strings.HasPrefix(text, "\xfe\xed\xfe\xed"):
		return is("a Java keystore", "keytool -exportcert -rfc -keystore FILE -alias NAME")
	case fingerprint().MatchString(s):
		return is("a fingerprint of a key", "")
	case holds("MODULUS=", "PUBLIC-KEY:(", "MODULUS:") && !holds("BEGIN"):
		return is("a printout of a key", "")
	case object().MatchString(text):
		return is("what a program prints in place of a key", "")
	case manyNumbers().MatchString(text):
		return is("the bytes of a file, written as numbers", "")
	case webPage().MatchString(text) && !holds("BEGIN"):
		return is("a web page", "")
	case address().MatchString(strings.TrimSpace(text)):
		return is("a web address", "")
	case fileName().MatchString(strings.TrimSpace(text)):
		return is("the name of a file", "cat FILE")
	case holds("SSH-RSA") && len(fromSSH(text)) == 0:
		return is("an SSH key that is cut or damaged", "ssh-keygen -e -m PKCS8 -f KEY.pub")
	}
	return nil
}

var (
	fingerprint = core.Pattern(`^(?i:(SHA1|SHA256|MD5)?(FINGERPRINT)?[:=]?)(([0-9A-Fa-f]{2}:){15,31}[0-9A-Fa-f]{2}|SHA256:[A-Za-z0-9+/]{43}=?|[0-9a-f]{40})$`)
	object      = core.Pattern(`(?i)(?:public|private)_?key\w* object|#<OpenSSL::|\bOpenSSL(?:AsymmetricKey)? (?:Object|Resource)|\[object (?:Crypto)?Key|Resource id #\d|RSACryptoServiceProvider$|KeyObject \{|@[0-9a-f]{6,8}$`)
	manyNumbers = core.Pattern(`(?i)(?:\b(?:0x[0-9a-f]{1,2}|\d{1,3})\b\s*,\s*){32}`)
	webPage     = core.Pattern(`(?i)^\s*(<!doctype html|<html)`)
	address     = core.Pattern(`^https?://\S+$`)
	fileName    = core.Pattern(`^(\.{0,2}/|~/|[A-Za-z]:\\)?[^\s:]{1,200}\.(pem|crt|cer|der|key|pub|p7b|p12|pfx|jks|ppk|txt)$`)
)

// masks are the characters that programs show in place of a secret.
const masks = "•●∙·⋅*＊…⋯▪■█"

// masked reports whether a squeezed text is nothing but masks.
func masked(s string) bool {
	rest := strings.TrimLeft(s, masks+".xX")
	return len(s) >= 4 && rest == "" && (strings.ContainsAny(s, masks) || strings.Trim(s, ".") == "")
}

// Masked reports whether a text consists of the dots or stars that are shown in place of
// a secret.
func Masked(text string) bool { return masked(squeeze(text)) }
