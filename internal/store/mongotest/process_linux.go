package mongotest

import (
	"os"
	"syscall"
)

// attributes has the kernel kill the server when the thread that started it ends, which is how a
// killed test leaves nothing running.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// scratch is where data folders are made: in memory where there is much of it, because servers flush
// to the disk all the time and tests do not cut the power. A killed server's writes survive in both.
func scratch() string {
	const memory, enough = "/dev/shm", 8 << 30
	var fs syscall.Statfs_t
	if os.Getenv("EARSHOT_TEST_MONGODB_DISK") == "1" || syscall.Statfs(memory, &fs) != nil || fs.Bavail*uint64(fs.Bsize) < enough {
		return ""
	}
	return memory
}
