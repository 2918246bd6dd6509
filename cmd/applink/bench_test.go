//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"applink/core"
	"applink/core/auth"
	"applink/store"
)

// These benchmarks measure what a person feels, with the built binary. They report
// and never fail on time. BenchmarkStart/hello is the floor: what starting any Go
// program costs on the same machine.

// stored makes a machine with n integrations, each with the facts of a real one;
// base gives the URL of their servers.
func stored(b *testing.B, n int, base func(int) string) *machine {
	b.Helper()
	m := newMachine(b)
	ctx := context.Background()
	db := must(store.Open(ctx, filepath.Join(m.dir, "applink.db")))
	defer db.Close()
	for from := 0; from < n; from += 1000 {
		err := db.Write(ctx, func(tx auth.Tx) error {
			for i := from; i < min(n, from+1000); i++ {
				if err := put(tx, i, base(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return m
}

func put(tx auth.Tx, i int, base string) error {
	at := time.Now()
	name := fmt.Sprintf("Acme %06d", i)
	id, err := tx.AddIntegration(name, core.Slug(name), at)
	if err != nil {
		return err
	}
	if _, err := tx.AddLink(id, "", at); err != nil {
		return err
	}
	for f, v := range map[core.Field]string{core.FieldApplication: "own", core.FieldAppURL: appURL, core.FieldName: name,
		core.FieldPurpose: "sign-in", core.FieldPlatform: "data-center", core.FieldBaseURL: base} {
		if err := tx.PutAnswer(id, 0, f, core.Answer{Value: v, At: at}); err != nil {
			return err
		}
	}
	return tx.PutCheck(id, 0, core.Outcome{Check: core.CheckReach, State: core.Passed, Strength: core.Strong, At: at,
		Learned:  map[core.Learned]string{core.LearnedVersion: "8.19.2", core.LearnedProduct: "Bitbucket"},
		Evidence: []core.Evidence{{Label: "HTTP", Value: "200"}, {Label: "TLS", Value: "1.3, 80 days left"}}})
}

func acme(int) string { return "https://git.acme.com/bitbucket" }

func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	source := filepath.Join(dir, "hello.go")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() { println(\"hello\") }\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	hello := filepath.Join(dir, "hello")
	if out, err := exec.Command("go", "build", "-o", hello, source).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	m := newMachine(b)
	b.Run("hello", func(b *testing.B) { m.times(b, hello) })
	b.Run("version", func(b *testing.B) { m.times(b, binary(b), "version") })
	for _, n := range []int{10, 1_000, 100_000} {
		m := stored(b, n, acme)
		b.Run(fmt.Sprintf("list50/%d", n), func(b *testing.B) { m.times(b, binary(b), m.args("list", "--limit", "50")...) })
	}
}

// times runs a program to its end, again and again.
func (m *machine) times(b *testing.B, program string, args ...string) {
	for b.Loop() {
		cmd := exec.Command(program, args...)
		cmd.Env = m.env()
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms")
	b.ReportMetric(0, "ns/op")
}

// screenWatch is the binary in a terminal, and the moments at which it wrote.
type screenWatch struct {
	cmd   *exec.Cmd
	file  *os.File
	wrote chan string
	once  sync.Once
}

func (m *machine) watch(b *testing.B, args ...string) *screenWatch {
	b.Helper()
	w := &screenWatch{cmd: exec.Command(binary(b), m.args(args...)...), wrote: make(chan string, 1024)}
	w.cmd.Env = m.env()
	w.file = must(pty.StartWithSize(w.cmd, &pty.Winsize{Cols: 80, Rows: 24}))
	go func() {
		defer close(w.wrote)
		buf := make([]byte, 1<<16)
		for {
			n, err := w.file.Read(buf)
			if err != nil {
				return
			}
			w.wrote <- string(buf[:n])
		}
	}()
	b.Cleanup(w.end)
	return w
}

func (w *screenWatch) end() {
	w.once.Do(func() {
		w.cmd.Process.Kill()
		w.cmd.Wait()
		w.file.Close()
		for range w.wrote {
		}
	})
}

// until waits for a text, which is written in one piece.
func (w *screenWatch) until(b *testing.B, text string) {
	b.Helper()
	limit := time.After(30 * time.Second)
	for {
		select {
		case s, ok := <-w.wrote:
			if strings.Contains(s, text) {
				return
			}
			if !ok {
				b.Fatalf("applink ended before it wrote %q", text)
			}
		case <-limit:
			b.Fatalf("waited for %q", text)
		}
	}
}

// settle waits until nothing was written for a while.
func (w *screenWatch) settle(quiet time.Duration) {
	for {
		select {
		case <-w.wrote:
		case <-time.After(quiet):
			return
		}
	}
}

// BenchmarkFirstFrame is the time from the start to the first frame of the home
// screen, the store open, on a terminal that answers nothing.
func BenchmarkFirstFrame(b *testing.B) {
	m := stored(b, 50, acme)
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		w := m.watch(b)
		w.until(b, "quit")
		took = append(took, time.Since(began))
		w.end()
	}
	report(b, took)
}

// BenchmarkKey is the time from a key on the home screen to the frame that shows
// its effect, and the processor time that it costs.
func BenchmarkKey(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			w := stored(b, n, acme).watch(b)
			w.until(b, "Acme 000000")
			w.settle(200 * time.Millisecond)
			before, keys := processorTime(w.cmd.Process.Pid), 0
			var took []time.Duration
			for b.Loop() {
				for i := range 5 { // down and up again, so that every key changes something
					for _, key := range []string{down, "\x1b[A"} {
						time.Sleep(time.Duration(20+3*i) * time.Millisecond) // at any moment of the ticker
						began := time.Now()
						must(w.file.WriteString(key))
						<-w.wrote
						took = append(took, time.Since(began))
						keys++
						w.settle(5 * time.Millisecond)
					}
				}
			}
			report(b, took)
			b.ReportMetric(float64((processorTime(w.cmd.Process.Pid)-before).Microseconds())/1000/float64(keys), "cpu-ms/key")
		})
	}
}

// report gives the distribution in place of the mean.
func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), "ms-p50")
	b.ReportMetric(at(0.99), "ms-p99")
	b.ReportMetric(0, "ns/op")
}

// processorTime is what a process has used so far, 0 where that cannot be read.
func processorTime(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	const ticks = 100 // a second, on Linux
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')'):]))
	user, _ := strconv.Atoi(fields[12])
	system, _ := strconv.Atoi(fields[13])
	return time.Duration(user+system) * time.Second / ticks
}

// BenchmarkIdle counts how often the home screen wakes up while nothing happens.
func BenchmarkIdle(b *testing.B) {
	w := stored(b, 50, acme).watch(b)
	w.until(b, "Acme 000000")
	w.settle(time.Second)
	var woken int
	var during time.Duration
	for b.Loop() {
		before, began := wakeUps(b, w.cmd.Process.Pid), time.Now()
		time.Sleep(5 * time.Second)
		woken += wakeUps(b, w.cmd.Process.Pid) - before
		during += time.Since(began)
	}
	b.ReportMetric(float64(woken)/during.Seconds(), "wakeups/s")
	b.ReportMetric(0, "ns/op")
}

// wakeUps adds up how often the threads of a process have waited so far.
func wakeUps(b *testing.B, pid int) (sum int) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if len(files) == 0 {
		b.Skip("the switches of a process cannot be read here")
	}
	for _, file := range files {
		status, _ := os.ReadFile(file)
		_, rest, _ := strings.Cut(string(status), "\nvoluntary_ctxt_switches:")
		count, _, _ := strings.Cut(rest, "\n")
		n, _ := strconv.Atoi(strings.TrimSpace(count))
		sum += n
	}
	return sum
}

// BenchmarkCheckAll checks 500 servers that take 50 ms each for their first
// answer; of each the link is still to be made. The limit is 500/32 turns of 50 ms,
// 0.80 s.
func BenchmarkCheckAll(b *testing.B) {
	const servers = 500
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/application-properties") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		time.Sleep(50 * time.Millisecond)
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"version": "8.19.2", "displayName": "Bitbucket"})
	})}
	defer server.Close()
	bases := make([]string, servers)
	for i := range bases {
		ln := must(net.Listen("tcp", "127.0.0.1:0"))
		bases[i] = "http://" + ln.Addr().String()
		go server.Serve(ln)
	}
	m := stored(b, servers, func(i int) string { return bases[i] })
	for b.Loop() {
		out, stderr, code := m.run("check", "--all")
		if !strings.Contains(out, "500 checked: 500 waiting for Bitbucket.") {
			b.Fatalf("code %d\n%s\n%s", code, tail(out), stderr[:min(len(stderr), 2000)])
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s")
	b.ReportMetric(0, "ns/op")
}
