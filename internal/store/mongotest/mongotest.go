// Package mongotest finds and starts real mongod servers for tests; there is no stand-in for one.
//
// The suites that need a server are switched by the environment, never by a build tag:
//
//	EARSHOT_TEST_MONGODB=1      run them on servers started here (0: do not, even under CI)
//	EARSHOT_TEST_MONGODB_DISK=1 keep their data on the disk, as benchmarks should; else in memory if there is enough
//	EARSHOT_TEST_MONGODB_URI    run the conformance suite on that deployment: a sharded cluster, say
//
// A server binary is taken from PATH, or from the user's cache folder, where
//
//	go run earshot/internal/store/mongotest/fetch
//
// puts one. When the suites are wanted and there is no binary, they are skipped with that command;
// under CI=true they fail instead.
//
// Servers listen on free ports of 127.0.0.1 with small caches, and end with the test, or with the
// test's process on Linux when it is killed.
package mongotest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// FetchCommand downloads a server binary once into the user's cache.
const FetchCommand = "go run earshot/internal/store/mongotest/fetch"

// Version is the server version that FetchCommand provides.
const Version = "6.0.5"

// The variables that switch the suites.
const (
	SwitchVariable = "EARSHOT_TEST_MONGODB"
	URIVariable    = "EARSHOT_TEST_MONGODB_URI"
)

// ErrNoBinary means that there is no mongod on this machine.
var ErrNoBinary = errors.New("no mongod on PATH or in the cache")

// CachePath is where FetchCommand puts the binary.
func CachePath() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("the user's cache folder: %w", err)
	}
	return filepath.Join(cache, "earshot", "mongod-"+Version, "mongod"), nil
}

// Binary finds a mongod: on PATH, then in the cache. ErrNoBinary.
func Binary() (string, error) {
	if path, err := exec.LookPath("mongod"); err == nil {
		return path, nil
	}
	path, err := CachePath()
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%w (%s); run: %s", ErrNoBinary, path, FetchCommand)
	}
	return path, nil
}

// Wanted skips the test unless the environment asks for the MongoDB suites.
func Wanted(t testing.TB) {
	t.Helper()
	switch on := os.Getenv(SwitchVariable); {
	case on == "0":
		t.Skipf("%s=0", SwitchVariable)
	case on == "" && os.Getenv(URIVariable) == "" && os.Getenv("CI") != "true":
		t.Skipf("needs a MongoDB server: set %s=1, or %s", SwitchVariable, URIVariable)
	}
}

// need returns the binary, or ends the test in the way that the package comment describes.
func need(t testing.TB) string {
	t.Helper()
	Wanted(t)
	path, err := Binary()
	switch {
	case err == nil:
		return path
	case os.Getenv("CI") == "true":
		t.Fatalf("the MongoDB suites cannot run: %v", err)
	default:
		t.Skipf("the MongoDB suites cannot run: %v", err)
	}
	return ""
}
