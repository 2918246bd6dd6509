//go:build unix

package main

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
)

// Whatever ends plain mode, and whenever: what it had acknowledged is there at the next
// start, and is not asked for again. APPLINK_E2E asks for 200 signals in place of 10.
func TestSignalsInPlainModeLoseNothing(t *testing.T) {
	t.Parallel()
	signals, seed := 10, uint64(time.Now().UnixNano())
	if os.Getenv("APPLINK_E2E") != "" {
		signals = 200
	}
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	ends, walks := map[string]int{}, 0
	for ; signals > 0; walks++ {
		w := newPlainWalk(t)
		for lives := 0; !w.live(random, &signals, ends); lives++ {
			if lives > 100 {
				t.Fatalf("no end after %d starts; acknowledged is %v", lives, w.held)
			}
		}
		if !w.held["complete"] || !w.held["authorize proved"] || len(w.held) < len(plainReplies) {
			t.Errorf("too little was acknowledged in a whole walk: %v", w.held)
		}
		if out, errOut, code := w.run("doctor"); code != exitOK && code != exitWarnings {
			t.Errorf("doctor: %d\n%s%s", code, out, errOut)
		}
	}
	t.Logf("%d walks, ended by %v", walks, ends)
}

// plainReply is what the admin does where plain mode waits: when what was printed since
// the last reply holds one text and ends with the other.
type plainReply struct {
	shows, waits string
	line         string
	act          func(w *plainWalk, printed string)
	holds        string // the fact that is acknowledged when plain mode goes on
}

// plainReplies are those of the set-up of an own application over OAuth 1.
var plainReplies = []plainReply{
	{shows: "Which application will use Bitbucket?", waits: "Number or name: ", line: "own", holds: "application=own"},
	{shows: "What is the URL of the application?", waits: "Answer: ", line: appURL, holds: "app-url=" + appURL},
	{shows: "What should this integration be called?", waits: "): ", line: appName, holds: "name=" + appName},
	{shows: "What is the link for?", waits: "): ", line: "2", holds: "purpose=sync"},
	{shows: "Which Bitbucket do you use?", waits: "): ", line: "1", holds: "platform=data-center"},
	{shows: "What is Bitbucket's base URL?", waits: "Answer: ", act: (*plainWalk).sayBase, holds: "base-url"},
	{shows: "Create the link in Bitbucket\n", waits: "is done: ", holds: "create-link done"},
	{shows: "Not yet: ", waits: "\n", act: (*plainWalk).makeLink},
	{shows: "Sign in once, as proof", waits: "Press Enter to begin: "},
	{shows: "/plugins/servlet/oauth/authorize", waits: "that it was sent to.\n", act: (*plainWalk).allow},
	{shows: "Proved (", waits: "Press Enter to go on: "},
	{shows: "is set up", waits: "Press Enter to end: "},
}

// plainProofs are told with words that acknowledge them.
var plainProofs = map[string]string{"Proved (reach)": "base-url proved", "Proved (consumer)": "incoming proved", "Proved (identity)": "authorize proved"}

// plainWalk is one set-up in plain mode, over many starts of the binary.
type plainWalk struct {
	*machine
	base   string
	linked bool
	held   map[string]bool // the facts that were acknowledged
	to     io.Writer
}

func newPlainWalk(t *testing.T) *plainWalk {
	return &plainWalk{machine: newMachine(t), base: startBitbucket(t, "7.17").BaseURL(), held: map[string]bool{}}
}

func (w *plainWalk) say(line string) { io.WriteString(w.to, line+"\n") }

func (w *plainWalk) sayBase(string) { w.say(w.base) }

// makeLink does the administrator's part, and has Bitbucket asked at once.
func (w *plainWalk) makeLink(string) {
	if !w.linked {
		w.createLink(w.base)
		w.linked = true
	}
	w.say("")
}

// allow lets the browser come back, to a process that may have gone.
func (w *plainWalk) allow(printed string) {
	to, err := signedIn(w.t, w.base, "jane").Authorize(w.t.Context(), authorizeURL.FindString(printed), true)
	if err != nil {
		w.t.Fatal(err)
	}
	if resp, err := http.Get(to); err == nil {
		resp.Body.Close()
	}
}

// live starts plain mode and replies to it until a signal ends it, at a random moment
// after a few replies, and compares what is there then. It reports whether the set-up
// has come to its end by itself.
func (w *plainWalk) live(random *rand.Rand, signals *int, ends map[string]int) (over bool) {
	out := &printed{}
	cmd, done := w.begin(out)
	endings := []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGHUP}
	if signal.Ignored(syscall.SIGHUP) {
		endings = endings[:2] // under nohup the terminal's end is to be survived
	}
	ending := endings[*signals%len(endings)]
	replies, delay := random.IntN(4), time.Duration(random.IntN(25))*time.Millisecond
	if replies == 0 {
		delay *= 5 // of which the start takes a part
	}
	sent := false
	var open string // what the last reply gave, and nothing acknowledged yet
	for ; ; replies-- {
		if replies == 0 && *signals > 0 {
			time.Sleep(delay)
			if sent = cmd.Process.Signal(ending) == nil; sent {
				*signals--
				<-done
			}
		}
		text, reply, ended := out.awaited(done)
		for words, fact := range plainProofs {
			if strings.Contains(text, words) {
				w.held[fact] = true
			}
		}
		if reply != nil && open != "" {
			w.held[open], open = true, ""
		}
		if ended {
			break
		}
		if reply == nil {
			cmd.Process.Kill()
			w.t.Fatalf("plain mode does not go on:\n%s", out.text())
		}
		if reply.holds != "" && w.held[reply.holds] {
			w.t.Errorf("%q was acknowledged, and is asked for again:\n%s", reply.holds, out.text())
		}
		open = reply.holds
		out.read += len(text)
		if reply.act != nil {
			reply.act(w, text)
		} else {
			w.say(reply.line)
		}
	}
	state := cmd.ProcessState
	ends[state.String()]++
	status := state.Sys().(syscall.WaitStatus)
	bySignal := sent && (status.Signaled() && status.Signal() == ending || ending == syscall.SIGTERM && state.ExitCode() == exitInterrupted)
	if text := out.text(); !bySignal && state.ExitCode() != exitOK || strings.Contains(text, finding.Internal.String()) || strings.Contains(text, "panic") {
		w.t.Errorf("ended with %s after %s:\n%s", state, ending, text)
	}
	w.compare(out.text())
	return state.ExitCode() == exitOK
}

// begin starts plain mode where the set-up stands.
func (w *plainWalk) begin(out io.Writer) (cmd *exec.Cmd, done <-chan struct{}) {
	args := []string{"setup", "--plain"}
	if w.held["application=own"] {
		args = append(args, w.only())
	}
	cmd = exec.Command(binary(w.t), w.args(args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = w.env(), out, out
	in, err := cmd.StdinPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.to = in
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	return cmd, ended
}

// compare looks for every acknowledged fact among those that are there now, which are
// held on to from here on.
func (w *plainWalk) compare(printed string) {
	out, errOut, _ := w.run("list", "--json")
	var l struct{ Integrations []listJSON }
	if err := json.Unmarshal([]byte(out), &l); err != nil || len(l.Integrations) > 1 {
		w.t.Fatalf("after\n%s\nlist is %v\n%s%s", printed, err, out, errOut)
	}
	there := map[string]bool{}
	if len(l.Integrations) == 1 {
		there = facts(w.shown(l.Integrations[0].Slug))
		there["base-url"] = there["base-url="+w.base]
	}
	for fact := range w.held {
		if !there[fact] {
			w.t.Fatalf("after\n%s\n%q is lost; what is there is %v", printed, fact, there)
		}
	}
	for fact, is := range there {
		if is {
			w.held[fact] = true
		}
	}
}

// facts are what a document of show says is answered, done and proved.
func facts(s showJSON) map[string]bool {
	all := map[string]bool{}
	for field, value := range s.Answers {
		if field != core.FieldName || value == appName { // before, it is a proposal
			all[string(field)+"="+value] = true
		}
	}
	for _, step := range s.Steps {
		if step.Status != "open" {
			all[string(step.Step)+" done"] = true
		}
		if step.Status == "proved" {
			all[string(step.Step)+" proved"] = true
		}
	}
	if s.Complete {
		all["complete"] = true
	}
	return all
}

// printed is what a process prints, of which the first part was read.
type printed struct {
	mu   sync.Mutex
	all  strings.Builder
	read int
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all.Write(b)
}

func (p *printed) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all.String()
}

// awaited waits until the unread part asks for a reply or the process has ended, whose
// last words count.
func (p *printed) awaited(done <-chan struct{}) (text string, reply *plainReply, ended bool) {
	for limit := time.After(30 * time.Second); ; {
		select {
		case <-done:
			ended = true
		case <-time.After(time.Millisecond):
		case <-limit:
			return text, nil, false
		}
		text = p.text()[p.read:]
		for i, r := range plainReplies {
			if strings.Contains(text, r.shows) && strings.HasSuffix(text, r.waits) {
				return text, &plainReplies[i], ended
			}
		}
		if ended {
			return text, nil, true
		}
	}
}
