package seal

import (
	"fmt"
	"strings"
)

// DescribeKey tells in one line what a pasted public key or certificate is: its first line,
// how many it has, whether its END line is there, and the key's size. It is "" for a text
// of one line, and for one with a private key, of which nothing is shown.
func DescribeKey(text string) string {
	text = strings.TrimSpace(text)
	lines := strings.Split(text, "\n")
	if len(lines) == 1 || HoldsPrivateKey(text) {
		return ""
	}
	first := strings.Trim(strings.TrimSpace(lines[0]), "-")
	if m := beginLine().FindString(lines[0]); m != "" {
		first = strings.Trim(m, "-")
	}
	end := "END missing"
	if endLine().MatchString(lines[len(lines)-1]) {
		end = "END present"
	}
	key, err := ParsePublicKey(text)
	if err != nil {
		return fmt.Sprintf("%s … %d lines, %s", first, len(lines), end)
	}
	return fmt.Sprintf("%s … %d lines, %s, RSA %d", first, len(lines), end, key.Bits)
}

// KeyInShort tells the same of a key that is known to be whole.
func KeyInShort(text string) string {
	return strings.Replace(DescribeKey(text), ", END present", "", 1)
}
