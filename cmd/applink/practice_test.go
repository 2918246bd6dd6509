package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"applink/core/seal"
)

// TestPracticeHeadless: one line when it is ready, and 0 when it is told to stop.
func TestPracticeHeadless(t *testing.T) {
	cleanHome(t)
	key, err := seal.GenerateKey(t.Context(), 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, []byte(public), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	code := make(chan int)
	go func() {
		code <- run(ctx, []string{"practice", "--headless", "--bitbucket=9.4", "--context=/git", "--consumer=app=" + file},
			strings.NewReader(""), w, io.Discard)
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var p practiceJSON
	if err := json.Unmarshal([]byte(line), &p); err != nil {
		t.Fatal(err)
	}
	if p.Version != "9.4.0" || !strings.HasSuffix(p.BaseURL, "/git") || len(p.Users) != 2 {
		t.Errorf("%+v", p)
	}
	for _, url := range []string{p.BaseURL + "/rest/api/1.0/application-properties", p.PackagistURL} {
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", url, res.Status)
		}
	}
	stop()
	if got := <-code; got != exitOK {
		t.Errorf("exit code %d", got)
	}
}

// TestPracticeKeepsNothing: the database of a rehearsal is gone afterwards.
func TestPracticeKeepsNothing(t *testing.T) {
	cleanHome(t)
	t.Setenv("TMPDIR", t.TempDir())
	c := startTalk(t, "practice")
	c.answer("Which application will use Bitbucket?", "own")
	c.see("What is the URL")
	c.say("quit")
	if text, code := c.end(); code != exitOK || !strings.Contains(text, "password admin") {
		t.Errorf("exit code %d\n%s", code, text)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if list := runApplink(t, "", "list"); !strings.Contains(list.errOut, "no integration yet") {
		t.Errorf("list: %s", list.out)
	}
}

// Over SSH, practice says how the browser reaches it.
func TestPracticeOverSSH(t *testing.T) {
	cleanHome(t)
	t.Setenv("SSH_CONNECTION", "10.0.0.9 50000 10.0.0.5 22")
	t.Setenv("USER", "jane")
	c := startTalk(t, "practice")
	told := c.see("Which application will use Bitbucket?")
	c.say("quit")
	c.end()
	if !regexp.MustCompile(`ssh -N -L \d+:localhost:\d+ -L \d+:localhost:\d+ jane@10\.0\.0\.5\n`).MatchString(told) {
		t.Errorf("it says\n%s", told)
	}
}
