package main

import "fmt"

type versionCommand struct{}

func (versionCommand) Run(s *session) error {
	if s.cli.JSON {
		return s.encode(map[string]string{"version": version})
	}
	_, err := fmt.Fprintln(s.world.stdout, "tunegate", version)
	return err
}
