package oauth1

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// BenchmarkSign puts a signed request beside the bare RSA signature that it
// cannot do without, for the key sizes that applink makes.
func BenchmarkSign(b *testing.B) {
	for _, bits := range []int{2048, 3072, 4096} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("raw/"+strconv.Itoa(bits), func(b *testing.B) {
			digest := sha1.Sum([]byte("base string"))
			for b.Loop() {
				if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA1, digest[:]); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("request/"+strconv.Itoa(bits), func(b *testing.B) {
			c := &Consumer{Key: "consumer", PrivateKey: key, Transport: roundTripper(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(""))}, nil
			})}
			client := c.Client(testToken())
			for b.Loop() {
				resp, err := client.Get("http://bb/ctx/rest/api/1.0/application-properties?start=25&limit=25")
				if err != nil {
					b.Fatal(err)
				}
				resp.Body.Close()
			}
		})
	}
}
