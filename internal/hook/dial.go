package hook

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// errPrivate is the refusal to reach into the own network.
var errPrivate = errors.New("the address lies inside a private network, which is not allowed (EARSHOT_ALLOW_NETWORKS)")

// special are the networks that are not the public internet and that netip's own questions miss
// (IANA special-purpose registries).
func special() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// guarded returns a dialler that looks at the very address it is about to connect to, after the name was
// resolved: a name that points somewhere else a moment later gains nothing.
func guarded(allowed []netip.Prefix) func(ctx context.Context, network, address string) (net.Conn, error) {
	never := special()
	d := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	d.Control = func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !reachable(at.Addr(), never, allowed) {
			return errPrivate
		}
		return nil
	}
	return d.DialContext
}

// reachable tells whether an address is on the public internet, or allowed by name.
func reachable(ip netip.Addr, never, allowed []netip.Prefix) bool {
	ip = ip.Unmap().WithZone("")
	in := func(p netip.Prefix) bool { return p.Contains(ip) }
	if slices.ContainsFunc(allowed, in) {
		return true
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !ip.IsLoopback() && !slices.ContainsFunc(never, in)
}
