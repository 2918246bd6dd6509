package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"applink/core"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
	"applink/core/walk"
	"applink/tui/theme"
	"applink/tui/widget"
)

// RunOptions say where the wizard opens and on what it draws.
type RunOptions struct {
	Integration int64 // the integration to open; 0 opens the home screen
	New         bool  // begin a new integration instead
	Adopt       bool  // begin to take over a link that was set up by hand instead
	// Step opens a step that stands aside of the walk, see [setup.Links.For].
	Step    core.StepID
	Profile theme.Profile
	In      io.Reader
	Out     io.Writer
}

// Run draws the wizard until the user leaves it. The returned sentence says what
// was saved and how to go on; it is to be printed after the screen is restored.
//
// Signals are the caller's: they end ctx. Were Bubble Tea to listen to them too,
// its handler could wait for a loop that the context has ended already.
func Run(ctx context.Context, s *Session, o RunOptions) (farewell string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	th := theme.New(o.Profile)
	th.Install()
	w := newWizard(ctx, s, th)
	w.open(o)
	defer w.Close()
	options := []tea.ProgramOption{tea.WithAltScreen(), tea.WithContext(ctx), tea.WithoutSignalHandler()}
	if o.In != nil {
		options = append(options, tea.WithInput(o.In))
	}
	if o.Out != nil {
		options = append(options, tea.WithOutput(o.Out))
	}
	if o.Profile.Title && o.Out != nil {
		io.WriteString(o.Out, saveTitle)
		defer io.WriteString(o.Out, restoreTitle)
	}
	_, err = tea.NewProgram(w, options...).Run()
	ended := errors.Is(err, tea.ErrInterrupted) || errors.Is(err, tea.ErrProgramKilled)
	if w.interrupted || ended && !errors.Is(err, tea.ErrProgramPanic) {
		err = walk.ErrInterrupted
	}
	if err == nil && w.practise {
		return "", ErrPractice
	}
	return w.farewell(), err
}

// ErrPractice is what [Run] returns when the practice was chosen.
var ErrPractice = errors.New("the practice was chosen")

// A terminal keeps the title that it had, and gets it back.
const (
	saveTitle    = "\x1b[22;2t"
	restoreTitle = "\x1b[23;2t"
)

// screen is one kind of screen. It is a pointer, sized before Init, and draws
// exactly within its size.
type screen interface {
	Init() tea.Cmd
	Update(tea.Msg) tea.Cmd
	View() string
	Resize(width, height int)
	// Typing reports whether a field has the focus, so that letters are text.
	Typing() bool
	// Help is what the screen's keys do, for the help page.
	Help() []binding
	// Close cancels what the screen started.
	Close()
}

// binding is a key and what it does.
type binding struct{ Key, Does string }

// Wizard is the root: it owns the size, routes each message to one place, and
// shows one screen at a time.
type Wizard struct {
	ctx           context.Context
	session       *Session
	theme         *theme.Theme
	width, height int
	screen        screen
	help          *helpScreen // over the screen while open
	last          *setup.State
	untold        []string // notes that the home screen would have told
	interrupted   bool
	practise      bool // the practice was chosen
	now           func() time.Time
	// moved is when the wizard last went on by itself, without a key.
	moved time.Time
	// pasted is when a paste was taken without Enter, see [ask.carried].
	pasted time.Time
	// clipped is the secret that is on the clipboard.
	clipped seal.Text
}

// settle is how long keys are dropped after the wizard went on by itself: they
// were meant for the screen before.
const settle = 300 * time.Millisecond

func newWizard(ctx context.Context, s *Session, th *theme.Theme) *Wizard {
	return &Wizard{ctx: ctx, session: s, theme: th, width: 80, height: 24, now: time.Now}
}

// open chooses the first screen; nothing is read from the database before the
// first frame.
func (w *Wizard) open(o RunOptions) {
	switch {
	case o.New, o.Adopt, o.Integration != 0:
		w.screen, w.untold = newLoading(w, o), w.session.Notes
	default:
		w.screen = newHome(w)
	}
}

// Init starts the first screen.
func (w *Wizard) Init() tea.Cmd {
	w.screen.Resize(w.width, w.height)
	return tea.Batch(w.screen.Init(), w.title())
}

// Update routes a message: sizes and navigation are the root's, keys go to the
// help page while it is open, everything else to the screen.
func (w *Wizard) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		w.resize(msg.Width, msg.Height)
		return w, nil
	case handedMsg:
		return w, w.handed(msg)
	case forgetMsg:
		return w, w.forget(msg.copied)
	case tea.KeyMsg:
		if w.now().Sub(w.moved) < settle && msg.String() != "ctrl+c" {
			return w, nil
		}
		if w.ofHabit(msg) {
			return w, nil
		}
		if text := msg.Type == tea.KeyRunes && len(msg.Runes) > 1; text {
			return w, w.text(msg)
		}
		if cmd, done := w.key(msg); done {
			return w, cmd
		}
	}
	return w, w.screen.Update(msg)
}

// ofHabit reports whether a key is the Enter that people press after a paste that was taken
// without it.
func (w *Wizard) ofHabit(msg tea.KeyMsg) bool {
	pasted := w.pasted
	w.pasted = time.Time{}
	return msg.Type == tea.KeyEnter && !pasted.IsZero() && w.now().Sub(pasted) < habit
}

// View draws the help page or the screen.
func (w *Wizard) View() string {
	if w.help != nil {
		return w.help.View()
	}
	return w.screen.View()
}

// Close cancels what the screen started, also after the program ended, and takes a secret
// back from the clipboard.
func (w *Wizard) Close() {
	w.screen.Close()
	if !w.clipped.Empty() {
		w.session.Carrier.Clear(context.WithoutCancel(w.ctx), w.clipped.Reveal())
	}
}

func (w *Wizard) resize(width, height int) {
	w.width, w.height = width, height
	w.screen.Resize(width, height)
	if w.help != nil {
		w.help.Resize(width, height)
	}
}

// show replaces the screen at once, so that no key meets one that was left.
func (w *Wizard) show(s screen) tea.Cmd {
	w.screen.Close()
	w.screen, w.help = s, nil
	s.Resize(w.width, w.height)
	return tea.Batch(s.Init(), w.title())
}

// title names what is worked on in the window's title, where that can be set.
func (w *Wizard) title() tea.Cmd {
	if !w.theme.Profile.Title {
		return nil
	}
	title := "applink"
	if at, ok := w.screen.(interface{ Where() string }); ok {
		title += ": " + at.Where()
	}
	return tea.SetWindowTitle(core.Line(title, 100))
}

// text passes on letters that came in one read: a paste or fast typing. They are
// no key, even when they spell the name of one, and mean nothing without a field.
func (w *Wizard) text(msg tea.KeyMsg) tea.Cmd {
	if page, ok := w.screen.(*show); ok && msg.Paste && w.help == nil && !page.Typing() {
		return page.paste(string(msg.Runes))
	}
	if w.help != nil || !w.screen.Typing() {
		return nil
	}
	return w.screen.Update(msg)
}

// key handles the keys that mean the same everywhere.
func (w *Wizard) key(msg tea.KeyMsg) (tea.Cmd, bool) {
	switch {
	case msg.String() == "ctrl+c":
		w.interrupted = true
		return tea.Quit, true
	case widget.TooSmall(w.width, w.height) && !(w.screen.Typing() && msg.Type == tea.KeyRunes):
		return nil, true // what a key would do cannot be seen; text is kept
	case w.help != nil:
		if w.help.Update(msg) {
			w.help = nil
		}
		return nil, true
	case msg.String() == "f2":
		return w.show(newHome(w)), true
	case msg.String() == "f1", msg.String() == "?" && !w.screen.Typing():
		w.help = newHelp(w.theme, w.screen.Help())
		w.help.Resize(w.width, w.height)
		return nil, true
	}
	return nil, false
}

// covered reports whether something lies over the screen, so that it must not
// move on by itself.
func (w *Wizard) covered() bool { return w.help != nil }

// practiceOver is the last line where nothing is saved.
const practiceOver = "The practice is over; nothing of it is kept."

// farewell says what is saved and names the command that goes on.
func (w *Wizard) farewell() string {
	if w.session.Fleeting {
		return practiceOver
	}
	if w.last == nil || w.last.Integration.ID == 0 {
		return ""
	}
	in := w.last.Integration
	if w.last.Links().SetUp().Path().Complete() {
		return fmt.Sprintf("%s. Look at it again: applink show %s", guide.Headline(w.last.Links().SetUp()), in.Slug)
	}
	return guide.Saved(w.last)
}
