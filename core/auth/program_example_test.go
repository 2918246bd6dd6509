package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
	"applink/core/seal"
	_ "applink/store" // SQLite
)

// projects lists what a user may see, by the link named "Build farm".
func projects(ctx context.Context, database string) (string, error) {
	library, err := auth.Open(ctx, database, auth.Options{}) // "" is where applink keeps its own
	if err != nil {
		return "", err
	}
	defer library.Close()

	client, err := library.Client(ctx, "Build farm") // an *http.Client, over OAuth 1 or 2
	if errors.Is(err, finding.NoKeptTokens) {
		return "", fmt.Errorf("run: applink authorize %q --keep: %w", "Build farm", err)
	}
	if err != nil {
		return "", err
	}
	state, err := library.Find(ctx, "Build farm")
	if err != nil {
		return "", err
	}
	resp, err := client.Get(state.Value("base-url") + "/rest/api/latest/projects")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// A program that has nothing but the path of the database calls REST as the user who
// signed in with "applink authorize --keep", and tells one finding from another.
func ExampleOpen() {
	ctx := context.Background()
	bitbucket := newPractice() // stands for the server of the organization
	defer bitbucket.web.Close()
	folder, err := os.MkdirTemp("", "applink")
	must(err)
	defer os.RemoveAll(folder)
	database := filepath.Join(folder, "applink.db")

	_, err = projects(ctx, database)
	fmt.Println(errors.Is(err, finding.NoDatabase))

	library, err := auth.Open(ctx, database, auth.Options{Create: true, Seal: seal.Options{Source: seal.SourceFile}})
	must(err)
	bitbucket.connect(ctx, library)
	_, err = library.Answer(ctx, 1, "name", "Build farm")
	must(err)
	must(library.Close())

	list, err := projects(ctx, database)
	fmt.Println(strings.Contains(list, `"key":"PRJ"`), err)

	// Output:
	// true
	// true <nil>
}

// The tokens of an OAuth 2 link serve every library that takes a token source.
func ExampleCredentials_TokenSource() {
	ctx := context.Background()
	library, done := open(ctx)
	defer done()
	bitbucket := newPractice()
	defer bitbucket.web.Close()
	bitbucket.connect(ctx, library)

	source, err := library.TokenSource(ctx, "My application")
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err := source.Token()
	fmt.Println(token.Type(), token.Valid(), token.RefreshToken == "", err)

	// Output:
	// Bearer true true <nil>
}

// A refresh that the server refused for good is a finding; its cause is the server's.
func ExampleCredentials_Token_refused() {
	ctx := context.Background()
	library, done := open(ctx)
	defer done()
	bitbucket := newPractice()
	defer bitbucket.web.Close()
	bitbucket.connect(ctx, library)
	must(bitbucket.SetFault(practice.TokenRevoked, true))
	library.SetNow(func() time.Time { return time.Now().Add(due) })

	_, err := library.Token(ctx, "My application")
	fmt.Println(errors.Is(err, finding.RefreshRejected), errors.Is(err, finding.NoKeptTokens))
	var f *core.Finding
	if errors.As(err, &f) {
		fmt.Println(f)
	}

	// Output:
	// true false
	// AL-OAUTH2-003: Bitbucket does not renew the token any more: refreshing the token: HTTP 400: invalid_grant
}

// What the README shows is part of this file, which compiles and runs.
func TestReadmeProgram(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("program_example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(readme), "```go\n")[1:]
	if len(blocks) == 0 {
		t.Fatal("the README shows no Go")
	}
	for _, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		if !strings.Contains(string(source), strings.TrimSpace(block)) {
			t.Errorf("the README shows what is not in this file:\n%s", block)
		}
	}
}
