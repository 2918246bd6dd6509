package auth_test

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/seal"
	"applink/core/setup"
)

// known is what is known of an integration or a link, without times, with its secret.
type known struct {
	State   core.LinkState
	Answers map[core.Field]string
	Checks  map[core.CheckName]core.CheckState
	Words   []core.StepID
	Secret  string
}

func factsOf(of core.Facts) (k known) {
	k.Answers, k.Checks = map[core.Field]string{}, map[core.CheckName]core.CheckState{}
	for field, a := range of.Answers {
		k.Answers[field] = a.Value
	}
	for name, o := range of.Checks {
		k.Checks[name] = o.State
	}
	k.Words = slices.Sorted(maps.Keys(of.Words))
	return k
}

// everything is what is known of the integration with that name, then of its links.
func (f *fixture) everything(name string) (all []known) {
	f.t.Helper()
	s := do(f.t)(f.Find(f.t.Context(), name))
	all = append(all, factsOf(s.Integration.Facts))
	active := 0
	for _, l := range s.Integration.Links {
		k := factsOf(l.Facts)
		k.State = l.State
		if l.State == core.LinkActive {
			active++
		}
		key, err := f.PrivateKey(f.t.Context(), l.ID)
		must(err)
		secret, err := f.ClientSecret(f.t.Context(), l.ID)
		must(err)
		if k.Secret = secret.Reveal(); key != nil {
			k.Secret, err = key.PublicPEM()
			must(err)
		}
		all = append(all, k)
	}
	if active != 1 {
		f.t.Fatalf("%d links of %s are active", active, name)
	}
	return all
}

// nearlyMoved is a folder with a database of integrations whose migrations lack one
// fact each: one held here, and so many that Private Packagist holds.
func nearlyMoved(t *testing.T, held int) (folder string, names []string) {
	t.Helper()
	f, _ := proved(t)
	f.walk()
	f.begin(setup.Authorize)
	for range held {
		f.reached("cloud")
		f.walk()
		f.begin(setup.Finish)
	}
	all, err := f.Page(t.Context(), core.Integration{}, 100)
	must(err)
	for _, s := range all {
		names = append(names, s.Integration.Name)
	}
	must(f.db.Close())
	return filepath.Dir(f.db.Path()), names
}

// begin begins a migration and goes up to a step.
func (f *fixture) begin(to core.StepID) {
	f.t.Helper()
	do(f.t)(f.Migrate(f.t.Context(), f.id))
	if s := f.walkTo(to); s.Path().Current().Step.ID != to || s.Link.State != core.LinkDraft {
		f.t.Fatalf("the migration stands at %s", s.Path().Current().Step.ID)
	}
}

// copied opens a copy of a folder's database.
func copied(t *testing.T, folder string) *fixture {
	t.Helper()
	to := t.TempDir()
	must(os.CopyFS(to, os.DirFS(folder)))
	return openFixture(t, filepath.Join(to, "applink.db"), seal.Options{Source: seal.SourceFile})
}

// uninterrupted is what is known ahead of the last fact and after it.
func uninterrupted(t *testing.T, folder string, names []string) (before, after map[string][]known) {
	t.Helper()
	before, after = map[string][]known{}, map[string][]known{}
	f := copied(t, folder)
	for _, name := range names {
		before[name] = f.everything(name)
		must(lastFact(t.Context(), f.Library, do(t)(f.Find(t.Context(), name))))
		after[name] = f.everything(name)
		if reflect.DeepEqual(before[name], after[name]) {
			t.Fatalf("the fact switches nothing: %+v", before[name])
		}
	}
	return before, after
}

// A process is killed at every point of the change that switches the links: all of it
// is there, or nothing.
func TestKilledAtEveryPointOfTheSwitch(t *testing.T) {
	folder, names := nearlyMoved(t, 1)
	before, after := uninterrupted(t, folder, names)
	for point, ended := 1, false; !ended; point++ {
		t.Run(strconv.Itoa(point), func(t *testing.T) {
			f := copied(t, folder)
			p := startProcess(t, f, envSwitch+"="+strconv.Itoa(point))
			_, saved, inside := p.watch(func(_, _ []string, inside bool) bool { return inside })
			if ended = !inside; ended && (point < 12 || len(saved) != len(names)) {
				t.Errorf("after %d points %q are saved", point, saved)
			}
			wholeAfterKill(t, f.db.Path(), saved, before, after)
		})
	}
}

// A process is killed at some moment while it switches the links of one integration
// after the other.
func TestKilledWhileSwitching(t *testing.T) {
	const held = 8
	kills := 20
	if os.Getenv("APPLINK_E2E") == "1" {
		kills = 300
	}
	folder, names := nearlyMoved(t, held)
	before, after := uninterrupted(t, folder, names)
	unheard, undone := 0, 0
	for i := range kills {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			f := copied(t, folder)
			p := startProcess(t, f, envSwitch+"=0")
			lines := 1 + rand.IntN(2*held)
			begun, saved, _ := p.watch(func(begun, saved []string, _ bool) bool {
				if len(begun)+len(saved) == lines {
					time.AfterFunc(rand.N(3*time.Millisecond), func() { p.Process.Kill() })
				}
				return false
			})
			switched := wholeAfterKill(t, f.db.Path(), saved, before, after)
			if switched > len(saved) {
				unheard++
			}
			if switched < len(begun) {
				undone++
			}
		})
	}
	t.Logf("of %d kills, %d came between a commit and its report, %d between an announcement and its commit", kills, unheard, undone)
}

// watch lets the process go, hears what it says, and kills it when that is wanted.
func (p *process) watch(kill func(begun, saved []string, inside bool) bool) (begun, saved []string, inside bool) {
	must(p.start.Close())
	for p.lines.Scan() {
		switch verb, name, _ := strings.Cut(p.lines.Text(), " "); verb {
		case "begin":
			begun = append(begun, name)
		case "saved":
			saved = append(saved, name)
		case "inside":
			inside = true
		}
		if kill(begun, saved, inside) {
			must(p.Process.Kill())
		}
	}
	p.Wait()
	return begun, saved, inside
}

// wholeAfterKill opens the database as the next process would: each migration is as it
// was before its last fact or as after it, and what was reported is there. It returns
// how many are switched.
func wholeAfterKill(t *testing.T, path string, saved []string, before, after map[string][]known) (switched int) {
	t.Helper()
	f := openFixture(t, path, seal.Options{Source: seal.SourceFile})
	for name := range before {
		switch got := f.everything(name); {
		case reflect.DeepEqual(got, after[name]):
			switched++
		case !reflect.DeepEqual(got, before[name]):
			t.Fatalf("%s is\n%+v\nwhich is neither\n%+v\nnor\n%+v", name, got, before[name], after[name])
		case slices.Contains(saved, name):
			t.Fatalf("%s was saved, and is not switched", name)
		}
	}
	return switched
}
