//go:build !amd64 && !arm64

package encoder

// kernels lists what this machine can do.
func kernels() []kernel { return []kernel{portable()} }
