package mongotest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Node is one mongod process. Its folder outlives a Kill, so Restart finds the data again.
type Node struct {
	// Addr is the host and port that the node listens on.
	Addr string

	binary string
	data   string // folder
	log    string // file
	flags  []string

	process *os.Process
	paused  bool
	ended   chan struct{} // closed when the process has ended
}

// readyWithin bounds how long a server may take to start; a busy machine needs its time.
const readyWithin = 60 * time.Second

func newNode(t testing.TB, data string, flags ...string) *Node {
	t.Helper()
	n := &Node{Addr: freeAddress(t), binary: need(t), data: data, log: filepath.Join(folder(t), "mongod.log"), flags: flags}
	t.Cleanup(func() {
		n.Kill()
		if t.Failed() {
			t.Logf("the end of the log of %s:\n%s", n.Addr, n.Log())
		}
	})
	if err := n.start(); err != nil {
		t.Fatalf("start mongod: %v", err)
	}
	return n
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("a free port: %v", err)
	}
	defer l.Close()
	return l.Addr().String()
}

// folder is a folder of a node. t.TempDir is not used because its clean-up fails the test
// when a dying server still writes into it.
func folder(t testing.TB) string {
	t.Helper()
	sweep()
	dir, err := os.MkdirTemp(scratch(), fmt.Sprintf("earshot-mongod-%d-*", os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// sweep removes the folders of test processes that were killed before they could.
func sweep() {
	base := scratch()
	if base == "" {
		base = os.TempDir()
	}
	found, _ := filepath.Glob(filepath.Join(base, "earshot-mongod-*-*")) // the pattern is well formed
	for _, dir := range found {
		var pid int
		if _, err := fmt.Sscanf(filepath.Base(dir), "earshot-mongod-%d-", &pid); err != nil {
			continue
		}
		if p, err := os.FindProcess(pid); err == nil && errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone) {
			os.RemoveAll(dir)
		}
	}
}

func (n *Node) start() error {
	_, port, err := net.SplitHostPort(n.Addr)
	if err != nil {
		return err
	}
	args := append([]string{
		"--dbpath", n.data, "--logpath", n.log, "--logappend", "--quiet",
		"--bind_ip", "127.0.0.1", "--port", port, "--nounixsocket", "--wiredTigerCacheSizeGB", "0.25",
		"--setParameter", "diagnosticDataCollectionEnabled=false", "--wiredTigerEngineConfigString", "log=(file_max=20MB)",
	}, n.flags...)
	cmd := exec.Command(n.binary, args...)
	cmd.SysProcAttr = attributes()
	if err := n.run(cmd); err != nil {
		return err
	}
	return n.ready()
}

// run starts the process on a thread that lives as long as it, because the kernel's signal at the
// parent's death follows the thread, and Go ends idle threads.
func (n *Node) run(cmd *exec.Cmd) error {
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is said by its log
		}
		close(ended)
	}()
	if err := <-started; err != nil {
		return err
	}
	n.process, n.ended = cmd.Process, ended
	return nil
}

// ready waits until the node answers a ping.
func (n *Node) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	go func() { // a process that ends early ends the wait
		select {
		case <-n.ended:
			cancel()
		case <-ctx.Done():
		}
	}()
	client, err := n.Connect()
	if err != nil {
		return err
	}
	defer client.Disconnect(context.Background())
	if err := client.Ping(ctx, nil); err != nil {
		return fmt.Errorf("%s does not answer: %w\n%s", n.Addr, err, n.Log())
	}
	return nil
}

// Connect returns a client of this node alone.
func (n *Node) Connect() (*mongo.Client, error) {
	return mongo.Connect(options.Client().ApplyURI(n.URI("")).
		SetServerSelectionTimeout(readyWithin).SetHeartbeatInterval(500 * time.Millisecond))
}

// URI addresses a database of this node alone.
func (n *Node) URI(database string) string {
	return "mongodb://" + n.Addr + "/" + database + "?directConnection=true"
}

// Kill ends the process at once, as kill -9 does, and waits until it has ended.
func (n *Node) Kill() {
	if n.process == nil {
		return
	}
	_ = n.process.Signal(syscall.SIGKILL) // it may have ended by itself
	<-n.ended
	n.process, n.paused = nil, false
}

// Pause stops the process without ending it, as an overloaded machine or a debugger does.
func (n *Node) Pause() error {
	n.paused = true
	return n.process.Signal(syscall.SIGSTOP)
}

// Resume lets a paused process go on.
func (n *Node) Resume() error {
	n.paused = false
	return n.process.Signal(syscall.SIGCONT)
}

// Restart starts the process again on its old data after a Kill.
func (n *Node) Restart() error {
	if n.process != nil {
		return fmt.Errorf("%s is running", n.Addr)
	}
	return n.start()
}

// Log returns the end of the server's log, for the message of a failed test.
func (n *Node) Log() string {
	b, err := os.ReadFile(n.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}
