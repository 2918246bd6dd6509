package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	practice "applink/core/practice/bitbucket"
	drive "applink/core/practice/browser"
	"applink/core/seal"
)

// TestMain lets the scripts, and rehearsals of a machine, run this very program as
// "applink".
func TestMain(m *testing.M) {
	rehearsing()
	testscript.Main(tidy{m}, map[string]func(){"applink": main})
}

// envPackagist makes the test binary the applink of a rehearsal: Private Packagist
// Cloud is the practice server at that URL.
const envPackagist = "APPLINK_TEST_PACKAGIST"

// rehearsing runs this very program as applink, if it was started for that.
func rehearsing() {
	url := os.Getenv(envPackagist)
	if url == "" {
		return
	}
	ctx, stop := interruptible(context.Background())
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Getenv, adapt: packagistAt(url)}
	code := a.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// tidy removes what the tests have shared.
type tidy struct{ *testing.M }

func (t tidy) Run() int {
	defer os.RemoveAll(builtFolder())
	return t.M.Run()
}

// builtFolder is where the binary under test is built.
func builtFolder() string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("applink-built-%d", os.Getpid()))
}

// TestScripts runs the command line against practice servers. Beside
// testscript's own commands there are
//
//	bitbucket VERSION [FAULT...]   start one; its base URL is $BASE
//	link NAME                      make the link of an integration in it
//	byhand URL KEY                 make a link that no integration knows of; its
//	                               private key is in private.pem, encrypted with x
//	replace NAME                   enter the Public Key of an integration in it
//	exits CODE ARGS...             run applink; what it prints holds no secret
//	canaries                       no file holds a secret
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			for name, value := range map[string]string{"HOME": env.WorkDir, "XDG_DATA_HOME": filepath.Join(env.WorkDir, "data"),
				"NO_PROXY": "*", "TERM": "xterm-256color", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"} {
				env.Setenv(name, value)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"bitbucket": func(ts *testscript.TestScript, _ bool, args []string) {
				o := practice.Options{Version: args[0]}
				for _, f := range args[1:] {
					o.Faults = append(o.Faults, practice.Fault(f))
				}
				s, err := practice.Start(context.Background(), "127.0.0.1:0", o)
				ts.Check(err)
				ts.Defer(func() { s.Close() })
				ts.Setenv("BASE", s.BaseURL())
			},
			"link": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(linkFor(ts, ts.Getenv("BASE"), args[0]))
			},
			"byhand": byHand,
			"replace": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(ts.Exec("applink", "copy", args[0], "public-key", "--print"))
				admin := drive.NewAdmin(ts.Getenv("BASE"))
				ts.Check(admin.Login(context.Background(), "admin", "admin"))
				ts.Check(admin.UpdateIncoming(context.Background(), ts.Getenv("LINK"), drive.LinkForm{
					ApplicationURL: "https://app.example.com", Name: args[0], ConsumerKey: args[0], PublicKey: ts.ReadFile("stdout")}))
			},
			"exits": exits,
			"canaries": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Check(canaries(ts.Getenv("WORK")))
			},
		},
	})
}

// linkFor makes the link of an integration with the values that copy gives.
func linkFor(ts *testscript.TestScript, base, name string) error {
	value := func(v string) string {
		ts.Check(ts.Exec("applink", "copy", name, v, "--print"))
		return ts.ReadFile("stdout")
	}
	admin := drive.NewAdmin(base)
	if err := admin.Login(context.Background(), "admin", "admin"); err != nil {
		return err
	}
	_, err := admin.CreateOAuth1Link(context.Background(), drive.LinkForm{ApplicationURL: "https://app.example.com",
		Name: name, ConsumerKey: strings.TrimSpace(value("client-id")), PublicKey: value("public-key")})
	return err
}

// byHand makes a link as an admin without applink did: byhand URL KEY.
func byHand(ts *testscript.TestScript, _ bool, args []string) {
	pem, err := os.ReadFile(encryptedKey)
	ts.Check(err)
	key, err := seal.DecryptPrivateKey(seal.NewText(string(pem)), seal.NewText("x"))
	ts.Check(err)
	public, err := key.PublicPEM()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("private.pem"), pem, 0o600))
	admin := drive.NewAdmin(ts.Getenv("BASE"))
	ts.Check(admin.Login(context.Background(), "admin", "admin"))
	id, err := admin.CreateOAuth1Link(context.Background(), drive.LinkForm{ApplicationURL: args[0],
		Name: args[1], ConsumerKey: args[1], PublicKey: public})
	ts.Check(err)
	ts.Setenv("LINK", id)
}

// encryptedKey is a private key with the passphrase x.
var encryptedKey, _ = filepath.Abs("../../core/seal/testdata/encrypted-pkcs8.pem")

// exits runs applink and compares its exit code: exits CODE ARGS...
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("applink", args[1:]...)
	code := "0"
	if err != nil {
		code = exitCode.FindString(err.Error())
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
	for _, name := range []string{"stdout", "stderr"} {
		if name == "stdout" && slices.Contains(args, "export") && slices.Contains(args, "--stdout") {
			continue // where it was asked for
		}
		ts.Check(secretIn(name, []byte(ts.ReadFile(name))))
	}
}

var exitCode = regexp.MustCompile(`\d+$`)

// privateKeys are how a private key begins that is not sealed: as PEM, and as
// PKCS #8, whose header differs from that of a public key.
var privateKeys = [][]byte{[]byte("PRIVATE KEY-----"),
	[]byte("\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x04\x82")}

func secretIn(name string, text []byte) error {
	for _, key := range privateKeys {
		if bytes.Contains(text, key) {
			return fmt.Errorf("%s holds a private key", name)
		}
	}
	return nil
}

// canaries looks for secrets in everything that a script left behind, the
// database among it.
func canaries(dir string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return secretIn(path, text)
	})
}
