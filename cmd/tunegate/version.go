package main

import (
	_ "embed"
	"fmt"
	"strings"
)

// versionFile is a file, so that the same commit always builds the same program.
//
//go:embed VERSION
var versionFile string

var version = strings.TrimSpace(versionFile)

// released is the action of the newest release, tunegate/tunegate@vVERSION, for the
// workflows of init. It is empty as long as there is none.
const released = ""

type versionCommand struct{}

func (versionCommand) Run(s *session) error {
	if s.cli.JSON {
		return s.encode(map[string]string{"version": version})
	}
	_, err := fmt.Fprintln(s.world.stdout, "tunegate", version)
	return err
}
