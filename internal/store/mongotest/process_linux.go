package mongotest

import "syscall"

// attributes has the kernel kill the server when the thread that started it ends, which is how a
// killed test leaves nothing running.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
