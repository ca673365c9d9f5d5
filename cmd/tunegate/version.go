package main

import "fmt"

type versionCommand struct{}

func (versionCommand) Run(s *session) error {
	_, err := fmt.Fprintln(s.world.stdout, "tunegate", version)
	return err
}
