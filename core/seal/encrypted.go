package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"hash"
	"strings"

	"golang.org/x/crypto/ssh"

	"applink/core/finding"
)

// DecryptPrivateKey reads a private key as [ParsePrivateKey] does, also an encrypted
// one: PKCS#8 with PBES2 (RFC 8018), which openssl makes, the older PEM with a DEK-Info
// line, and OpenSSH's form. Without a passphrase an encrypted one is
// [finding.KeyEncrypted]; [finding.WrongPassphrase] is a passphrase that does not open
// it, or an encryption that is not known here.
func DecryptPrivateKey(s, passphrase Text) (*PrivateKey, error) {
	if len(s.Reveal()) > pasteLimit {
		return nil, finding.NotAKey.With()
	}
	var key *PrivateKey
	var best refusal
	readings(s.Reveal(), func(r reading) bool {
		k, err := readPrivate(r.text, passphrase)
		if err != nil {
			best.add(err, r)
			return finding.IsAny(best.finding, finding.KeyEncrypted, finding.WrongPassphrase)
		}
		key, best = k, refusal{}
		return true
	})
	if key == nil {
		if _, err := ParsePublicKey(s.Reveal()); err == nil { // whole, and the other half
			return nil, finding.NotAKey.With()
		}
	}
	return key, best.err()
}

// decrypted reads an encrypted block. Open returns DER, nil on failure.
func (b block) decrypted(passphrase Text, open func(b block, passphrase Text) []byte) (*PrivateKey, error) {
	if passphrase.Empty() {
		return nil, finding.KeyEncrypted.With()
	}
	key, err := UnmarshalPrivateKey(open(b, passphrase))
	if err != nil {
		return nil, finding.WrongPassphrase.With()
	}
	return key, nil
}

// opensshMagic begins OpenSSH's form of private keys.
const opensshMagic = "openssh-key-v1\x00"

// openSSH reads an RSA key in OpenSSH's form, which bounds the work on a passphrase itself.
func (b block) openSSH(passphrase Text) (*PrivateKey, error) {
	body, err := b.bytes()
	if err != nil {
		return nil, err
	}
	if b.begun && !b.ended {
		return nil, cut("the END line")
	}
	var outer struct {
		Cipher, KDF, Options string
		Keys                 uint32
		Public, Private      []byte
		Rest                 []byte `ssh:"rest"`
	}
	if !hasPrefix(body, []byte(opensshMagic)) || ssh.Unmarshal(body[len(opensshMagic):], &outer) != nil {
		return nil, cut("a part inside the key")
	}
	public, err := ssh.ParsePublicKey(outer.Public)
	switch {
	case err != nil || outer.Keys != 1:
		return nil, cut("a part inside the key")
	case strings.HasPrefix(public.Type(), "ecdsa"):
		return nil, finding.KeyIsEC.With()
	case public.Type() != ssh.KeyAlgoRSA:
		return nil, finding.KeyTypeUnsupported.With(strings.TrimPrefix(public.Type(), "ssh-"))
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "OPENSSH PRIVATE KEY", Bytes: body})
	encrypted := outer.Cipher != "none"
	var raw any
	switch {
	case !encrypted:
		raw, err = ssh.ParseRawPrivateKey(text)
	case passphrase.Empty():
		return nil, finding.KeyEncrypted.With()
	default:
		raw, err = ssh.ParseRawPrivateKeyWithPassphrase(text, []byte(passphrase.Reveal()))
	}
	key, ok := raw.(*rsa.PrivateKey)
	switch {
	case err == nil && ok:
		return privateKeyOf(key)
	case encrypted:
		return nil, finding.WrongPassphrase.With()
	}
	return nil, cut("a part inside the key")
}

// ivSizes are the lengths of the initialization vectors behind DEK-Info, in bytes.
// They tell where the key begins, since line ends are gone.
var ivSizes = map[string]int{"DES-CBC": 8, "DES-EDE3-CBC": 8, "AES-128-CBC": 16, "AES-192-CBC": 16, "AES-256-CBC": 16}

// openLegacy decrypts what openssl called its traditional format, nil on failure.
func openLegacy(b block, passphrase Text) []byte {
	info, found := strings.CutPrefix(b.body, "Proc-Type:4,ENCRYPTEDDEK-Info:")
	name, rest, _ := strings.Cut(info, ",")
	digits := 2 * ivSizes[name]
	if !found || digits == 0 || len(rest) < digits {
		return nil
	}
	body, err := base64.StdEncoding.DecodeString(rest[digits:])
	if err != nil {
		return nil
	}
	armoured := &pem.Block{Headers: map[string]string{"DEK-Info": name + "," + rest[:digits]}, Bytes: body}
	//lint:ignore SA1019 such files exist, and reading one is no reason to trust its encryption
	der, err := x509.DecryptPEMBlock(armoured, []byte(passphrase.Reveal()))
	if err != nil {
		return nil
	}
	return der
}

// pbes2 is the structure of an encrypted private key: EncryptedPrivateKeyInfo of
// RFC 5958 with the parameters of RFC 8018, appendix A.4.
type pbes2 struct {
	Algorithm struct {
		ID     asn1.ObjectIdentifier
		Params struct {
			Derivation struct {
				ID     asn1.ObjectIdentifier
				Params struct {
					Salt       []byte
					Iterations int
					Size       int                      `asn1:"optional"`
					Hash       pkix.AlgorithmIdentifier `asn1:"optional"`
				}
			}
			Cipher struct {
				ID asn1.ObjectIdentifier
				IV []byte
			}
		}
	}
	Data []byte
}

// hashes are the pseudo-random functions of PBKDF2; "" is the one by default.
var hashes = map[string]func() hash.Hash{"": sha1.New, "1.2.840.113549.2.7": sha1.New,
	"1.2.840.113549.2.9": sha256.New, "1.2.840.113549.2.10": sha512.New384, "1.2.840.113549.2.11": sha512.New}

// ciphers are the block ciphers, all in CBC mode, with the sizes of their keys in
// bytes.
var ciphers = map[string]struct {
	size  int
	block func([]byte) (cipher.Block, error)
}{
	"1.2.840.113549.3.7":      {24, des.NewTripleDESCipher},
	"2.16.840.1.101.3.4.1.2":  {16, aes.NewCipher},
	"2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
	"2.16.840.1.101.3.4.1.42": {32, aes.NewCipher},
}

// mostIterations bounds how long a passphrase is worked on: a file may claim any
// number. Tools make up to a million.
const mostIterations = 10_000_000

// openPBES2 decrypts PKCS#8, nil on failure.
func openPBES2(b block, passphrase Text) []byte {
	der, err := b.decode()
	if err != nil {
		return nil
	}
	var e pbes2
	if rest, err := asn1.Unmarshal(der, &e); err != nil || len(rest) > 0 {
		return nil
	}
	p := e.Algorithm.Params
	d := p.Derivation.Params
	prf := ""
	if len(d.Hash.Algorithm) > 0 {
		prf = d.Hash.Algorithm.String()
	}
	c, known := ciphers[p.Cipher.ID.String()]
	if hashes[prf] == nil || !known || d.Iterations < 1 || d.Iterations > mostIterations {
		return nil
	}
	key, err := pbkdf2.Key(hashes[prf], passphrase.Reveal(), d.Salt, d.Iterations, c.size)
	if err != nil {
		return nil
	}
	block, err := c.block(key)
	if err != nil || len(p.Cipher.IV) != block.BlockSize() || len(e.Data) == 0 || len(e.Data)%block.BlockSize() != 0 {
		return nil
	}
	plain := make([]byte, len(e.Data))
	cipher.NewCBCDecrypter(block, p.Cipher.IV).CryptBlocks(plain, e.Data)
	return unpad(plain, block.BlockSize())
}

// unpad takes off the padding of RFC 8018, nil where it is none: mostly another
// passphrase.
func unpad(plain []byte, size int) []byte {
	n := int(plain[len(plain)-1])
	if n < 1 || n > size || !bytes.HasSuffix(plain, bytes.Repeat([]byte{byte(n)}, n)) {
		return nil
	}
	return plain[:len(plain)-n]
}
