//go:build !linux

package mongotest

import "syscall"

// attributes: only Linux ends a child with its parent.
func attributes() *syscall.SysProcAttr { return nil }

// scratch: the system's folder for temporary files.
func scratch() string { return "" }
