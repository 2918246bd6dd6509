package auth_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"applink/core"
	"applink/core/auth"
	"applink/core/seal"
	"applink/core/setup"
	"applink/store"
)

// open opens a library in a new folder, as a program does at its start.
func open(ctx context.Context) (library *auth.Library, done func()) {
	folder, err := os.MkdirTemp("", "applink")
	if err != nil {
		panic(err)
	}
	path := filepath.Join(folder, "applink.db")
	db, err := store.Open(ctx, path)
	if err != nil {
		panic(err)
	}
	vault := seal.NewVault(db, seal.Options{Database: path, Source: seal.SourceFile})
	return auth.New(db, vault, []core.Application{{ID: "own", Name: "Your own application",
		Holder: core.HeldHere, DefaultName: "My application"}}), func() { db.Close(); os.RemoveAll(folder) }
}

// A set-up from its first question to a step in Bitbucket. Where it stands is
// derived from what is stored, so any program can go on from there.
func ExampleLibrary() {
	ctx := context.Background()
	library, done := open(ctx)
	defer done()

	state, err := library.Create(ctx, "own")
	if err != nil {
		fmt.Println(err)
		return
	}
	id := state.Integration.ID
	where := func() {
		at := state.Path().Current()
		if at.Question != nil {
			fmt.Println(at.Step.ID, "asks for", at.Question.Field)
			return
		}
		fmt.Println(at.Step.ID, "is to be done")
	}
	where()

	for _, a := range []struct {
		field core.Field
		text  string
	}{
		{core.FieldAppURL, "https://app.example.com"},
		{core.FieldName, "Build farm"},
		{core.FieldPurpose, "sign-in"},
		{core.FieldPlatform, "data-center"},
		{core.FieldBaseURL, "https://git.example.com/bitbucket"},
	} {
		if state, err = library.Answer(ctx, id, a.field, a.text); err != nil {
			fmt.Println(err)
			return
		}
	}
	where()

	// What a check found is recorded, and what the admin says is taken for that.
	state, _ = library.Record(ctx, state, core.Outcome{Check: core.CheckReach, State: core.Passed,
		Learned: map[core.Learned]string{core.LearnedVersion: "7.17.0"}})
	state, _ = library.Answer(ctx, id, core.FieldOAuth, "1")
	state, _ = library.Answer(ctx, id, core.FieldKeyBits, "2048")
	where()
	state, _ = library.Say(ctx, id, setup.CreateLink)
	where()

	// Output:
	// application asks for app-url
	// base-url is to be done
	// create-link is to be done
	// incoming is to be done
}

// An answer that is almost right comes back as a suggestion.
func ExampleIntegrations_Answer() {
	ctx := context.Background()
	library, done := open(ctx)
	defer done()

	state, err := library.Create(ctx, "own")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = library.Answer(ctx, state.Integration.ID, core.FieldBaseURL, "https://git.example.com/bitbucket/projects/WEB")
	if suggestion, ok := err.(*core.Suggestion); ok {
		fmt.Println(suggestion.Finding.Code, suggestion.Value)
	}

	// Output:
	// AL-URL-003 https://git.example.com/bitbucket
}

// The private key is opened on demand. It prints as dots; RSA gives the key to
// sign with.
func ExampleCredentials_PrivateKey() {
	ctx := context.Background()
	library, done := open(ctx)
	defer done()

	state, err := library.Create(ctx, "own")
	if err != nil {
		fmt.Println(err)
		return
	}
	state, err = library.Answer(ctx, state.Integration.ID, core.FieldKeyBits, "2048")
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := library.PrivateKey(ctx, state.Link.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(key, key.RSA().N.BitLen())

	// Output:
	// •••• 2048
}

// A client that acts for the user who granted tokens, kept before by "applink
// authorize --keep" or by KeepTokens. It is an ordinary *http.Client.
func ExampleCredentials_Client() {
	ctx := context.Background()
	library, done := open(ctx)
	defer done()
	bitbucket := newPractice() // stands for the server of the organization
	defer bitbucket.web.Close()
	bitbucket.connect(ctx, library)

	client, err := library.Client(ctx, "My application")
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := client.Get(bitbucket.base() + "/rest/api/latest/projects?limit=1")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status, "as", resp.Header.Get("X-AUSERNAME"))

	// Output:
	// 200 OK as jane
}
