package encoder

// kernels lists what this machine can do.
func kernels() []kernel { return []kernel{portable()} }
