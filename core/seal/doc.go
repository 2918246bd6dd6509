// Package seal keeps secrets secret.
//
// In memory a secret is a [Text] or a [PrivateKey]. Both print as "••••"
// however they are printed, so that a log line or an error cannot give them
// away; what is inside comes out only through a method that says so.
//
// On disk a secret is a sealed blob: XChaCha20-Poly1305, bound to the row and
// column it belongs to, so that a blob moved elsewhere does not open. A
// [Vault] knows the one key of a database and where it lives, the [Source]: a
// passphrase, the keyring of the operating system, or a file. The source is
// chosen once, when the first secret is stored, and recorded. From then on only
// that source is asked, and a source that does not answer is a finding: a
// second key would make what is sealed with the first unreadable.
//
// The package also reads the keys that people paste, see [ParsePublicKey]. A
// terminal, a mail or a web page damages a key in ways that can be undone
// (wrapping, indentation, lost line ends) and in ways that cannot (a cut), and
// a pasted key may not be one that Bitbucket takes. Each case has its finding.
package seal
