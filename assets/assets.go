// Package assets holds words and pictures: the guide pages of the steps, the
// pages of the findings, the drawings of the screens, the applications, and the
// web pages. It holds no logic and imports nothing.
package assets

import "embed"

// FS holds the folders guide, problem, mock, application and web.
//
//go:embed all:guide all:problem all:mock all:application all:web
var FS embed.FS
