package main

import "github.com/spf13/cobra"

// accessibilityTopic is the one page about every switch of how applink talks.
func accessibilityTopic() *cobra.Command {
	return &cobra.Command{Use: "accessibility", Short: "How to switch colour, motion and the full screen off", Long: `applink can be used line by line, without colour and without motion.

  --plain                  questions and answers line by line: no redraw, no
                           boxes, no colour, states as words
  ACCESSIBLE=1             the same, for every run (0 and false switch it off)
  TERM=dumb                the same
  --no-color, NO_COLOR=1   no colour (also APPLINK_NO_COLOR=1)
  --no-links               addresses are no links (also APPLINK_NO_LINKS=1)
  APPLINK_PALETTE=16       only the 16 colours of your terminal's own palette
  APPLINK_BACKGROUND=light colours for a light background (or dark)
  --reduced-motion         nothing moves by itself
  REDUCED_MOTION=1         the same, for every run
  --no-input               never ask; missing answers are errors

In plain mode, type help at any prompt for the words that it understands.`}
}

// exitCodesTopic documents what scripts rely on.
func exitCodesTopic() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: `The exit code of every command is one of these:

    0  all is well
    1  something was found: the finding is on stderr, with its code AL-...
    2  the command line is wrong, or an answer is missing (its flag is named)
    3  waiting for something that is done in Bitbucket or in the application
    4  nothing failed, but there are warnings
  130  interrupted; everything that was answered is saved

With --json, stdout holds one JSON document and nothing else, errors included:
those have the member "finding". Codes and member names do not change.`}
}
