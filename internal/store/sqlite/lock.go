package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"earshot/internal/store"
)

// lockName is the file in the data folder whose lock says that the store is open.
const lockName = "earshot.lock"

// lock takes the data folder for this process, until the returned file is closed or the process
// ends, however it ends. ErrInUse, with the folder and the other process, when another one has it.
func lock(folder string) (*os.File, error) {
	path := filepath.Join(folder, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder cannot be written; check its owner and permissions: %w", err)
	}
	taken, err := tryLock(f)
	if err == nil && taken {
		err = writePID(f)
	}
	if err == nil && taken {
		return f, nil
	}
	_ = f.Close() // the news is why there is no lock
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return nil, fmt.Errorf("%w: %s (%s)", store.ErrInUse, folder, holder(path))
}

// holder describes the process that wrote its number into the lock file.
func holder(path string) string {
	b, err := os.ReadFile(path)
	if pid := strings.TrimSpace(string(b)); err == nil && pid != "" {
		return "process " + pid
	}
	return "its process is not known"
}

func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}
